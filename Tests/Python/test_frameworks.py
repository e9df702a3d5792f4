"""What frameworks that sit on the official SDK see of the emulator: their own way to mark, their own usage."""

import pytest
from prompts import LONG, MODEL, system

anthropic_chat = pytest.importorskip("langchain_anthropic", reason="only in the environment for frameworks")
pydantic_ai = pytest.importorskip("pydantic_ai", reason="only in the environment for frameworks")


@pytest.fixture
def chat(emulator):
    return anthropic_chat.ChatAnthropic(
        model=MODEL, base_url=emulator.url, api_key="sk-emu-me-1", max_tokens=16, max_retries=0
    )


@pytest.fixture
def agent(emulator):
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    provider = AnthropicProvider(api_key="sk-emu-me-1", base_url=emulator.url)
    settings = {"anthropic_cache_instructions": True, "anthropic_cache_tool_definitions": True, "max_tokens": 64}
    agent = pydantic_ai.Agent(AnthropicModel(MODEL, provider=provider), instructions=LONG, model_settings=settings)

    @agent.tool_plain
    def weather(city: str) -> str:
        """How the weather is in a city."""
        return f"Fine in {city}."

    return agent


def messages():
    from langchain_core.messages import HumanMessage, SystemMessage

    return [SystemMessage(content=system()), HumanMessage("Hello?")]


def test_langchain_writes_and_then_reads(emulator, chat):
    first = chat.invoke(messages()).usage_metadata["input_token_details"]
    second = chat.invoke(messages()).usage_metadata["input_token_details"]
    assert first["cache_read"] == 0 and first["ephemeral_5m_input_tokens"] > 1024
    assert second["cache_read"] == first["ephemeral_5m_input_tokens"]
    assert emulator.bill()["cache_read"] == second["cache_read"]


def test_langchain_streams(chat):
    written = chat.invoke(messages()).usage_metadata["input_token_details"]["ephemeral_5m_input_tokens"]
    chunks = list(chat.stream(messages()))
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk
    assert whole.content and whole.usage_metadata["input_token_details"]["cache_read"] == written


def test_langchain_tools_are_part_of_the_prefix(chat):
    def weather(city: str) -> str:
        """How the weather is in a city."""
        return f"Fine in {city}."

    chat.invoke(messages())
    with_tools = chat.bind_tools([weather]).invoke(messages())
    assert with_tools.usage_metadata["input_token_details"]["cache_read"] == 0


def test_langchain_sees_an_entry_expire(emulator, chat):
    chat.invoke(messages())
    emulator.advance(301)
    assert chat.invoke(messages()).usage_metadata["input_token_details"]["cache_read"] == 0


def test_pydantic_ai_writes_and_then_reads(emulator, agent):
    first = agent.run_sync("Hello?").usage
    second = agent.run_sync("And now?").usage
    assert first.cache_write_tokens > 1024 and first.cache_read_tokens == 0
    assert second.cache_read_tokens == first.cache_write_tokens and second.cache_write_tokens == 0
    assert emulator.bill()["cache_read"] == second.cache_read_tokens


def test_pydantic_ai_is_told_of_an_overload(emulator, agent):
    from pydantic_ai.exceptions import ModelHTTPError

    emulator.post("/emulator/faults", [{"status": 529}])
    with pytest.raises(ModelHTTPError) as caught:
        agent.run_sync("Hello?")
    assert caught.value.status_code == 529
