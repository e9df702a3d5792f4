"""Frameworks through the proxy: nothing to change but the base URL."""

import pytest
from prompts import LONG, MODEL, system
from proxy import Proxy


@pytest.fixture
def proxy(emulator):
    proxy = Proxy(emulator)
    yield proxy
    proxy.stop()


def test_langchain(emulator, proxy):
    langchain_anthropic = pytest.importorskip("langchain_anthropic", reason="only in the environment for frameworks")
    from langchain_core.messages import HumanMessage, SystemMessage

    chat = langchain_anthropic.ChatAnthropic(model=MODEL, base_url=proxy.url, api_key="sk-emu-me-1", max_tokens=16)
    messages = [SystemMessage(content=system()), HumanMessage("Hello?")]
    chat.invoke(messages)
    whole = None
    for chunk in chat.stream(messages):
        whole = chunk if whole is None else whole + chunk
    assert whole.usage_metadata["input_token_details"]["cache_read"] > 1024


def test_pydantic_ai(proxy):
    pydantic_ai = pytest.importorskip("pydantic_ai", reason="only in the environment for frameworks")
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    provider = AnthropicProvider(api_key="sk-emu-me-1", base_url=proxy.url)
    settings = {"anthropic_cache_instructions": True, "max_tokens": 64}
    agent = pydantic_ai.Agent(AnthropicModel(MODEL, provider=provider), instructions=LONG, model_settings=settings)
    first = agent.run_sync("Hello?").usage
    second = agent.run_sync("And now?").usage
    assert second.cache_read_tokens == first.cache_write_tokens > 1024


def test_litellm(proxy):
    litellm = pytest.importorskip("litellm", reason="only in the environment for litellm")
    body = {
        "model": f"anthropic/{MODEL}",
        "api_base": proxy.url,
        "api_key": "sk-emu-me-1",
        "max_tokens": 16,
        "messages": [{"role": "system", "content": system()}, {"role": "user", "content": "Hello?"}],
    }
    litellm.completion(**body)
    assert litellm.completion(**body).usage.prompt_tokens_details.cached_tokens > 1024
    chunks = list(litellm.completion(**body, stream=True))
    assert any(chunk.choices[0].delta.content for chunk in chunks)
