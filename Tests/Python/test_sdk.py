"""What the official SDK sees of the emulator."""

import anthropic
import pytest
from prompts import LONG, MODEL, request, system


def test_create_writes_and_then_reads(client):
    first = client.messages.create(**request()).usage
    second = client.messages.create(**request()).usage
    assert first.cache_creation_input_tokens > 1024 and first.cache_read_input_tokens == 0
    assert first.cache_creation.ephemeral_5m_input_tokens == first.cache_creation_input_tokens
    assert second.cache_read_input_tokens == first.cache_creation_input_tokens
    assert second.cache_creation_input_tokens == 0
    assert second.input_tokens == first.input_tokens


def test_stream_bears_usage_at_both_ends(client):
    with client.messages.stream(**request()) as stream:
        text = "".join(stream.text_stream)
        message = stream.get_final_message()
    assert text == message.content[0].text != ""
    assert message.usage.cache_creation_input_tokens > 1024
    assert message.usage.output_tokens > 1


def test_prewarm_with_max_tokens_0(client):
    warmed = client.messages.create(**request(max_tokens=0, messages=[{"role": "user", "content": "warm"}]))
    assert warmed.content == [] and warmed.stop_reason == "max_tokens" and warmed.usage.output_tokens == 0
    hit = client.messages.create(**request()).usage
    assert hit.cache_read_input_tokens == warmed.usage.cache_creation_input_tokens


def test_entries_expire_when_the_clock_is_advanced(emulator, client):
    client.messages.create(**request())
    emulator.advance(290)
    assert client.messages.create(**request()).usage.cache_read_input_tokens > 0
    emulator.advance(290)
    assert client.messages.create(**request()).usage.cache_read_input_tokens > 0
    emulator.advance(301)
    assert client.messages.create(**request()).usage.cache_read_input_tokens == 0


def test_an_hour_lasts_an_hour(emulator, client):
    hour = request(system=system(ttl="1h"))
    written = client.messages.create(**hour).usage
    assert written.cache_creation.ephemeral_1h_input_tokens > 1024
    emulator.advance(3590)
    assert client.messages.create(**hour).usage.cache_read_input_tokens > 0
    emulator.advance(3601)
    assert client.messages.create(**hour).usage.cache_read_input_tokens == 0


def test_automatic_caching_moves_with_the_conversation(client):
    turns = [{"role": "user", "content": LONG}]
    body = request(system="Be brief.", messages=turns, extra_body={"cache_control": {"type": "ephemeral"}})
    first = client.messages.create(**body).usage
    turns += [{"role": "assistant", "content": "Yes."}, {"role": "user", "content": "And now?"}]
    second = client.messages.create(**body).usage
    assert second.cache_read_input_tokens == first.cache_creation_input_tokens
    assert 0 < second.cache_creation_input_tokens < 50


def test_count_tokens_agrees_with_usage(client):
    body = request()
    body.pop("max_tokens")
    counted = client.messages.count_tokens(**body).input_tokens
    usage = client.messages.create(**request()).usage
    assert counted == usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens


def test_models_are_listed(client):
    assert MODEL in [model.id for model in client.models.list()]
    assert client.models.retrieve(MODEL).id == MODEL


def test_workspaces_share_nothing(emulator, client):
    client.messages.create(**request())
    other = emulator.client("other", max_retries=0)
    assert other.messages.create(**request()).usage.cache_read_input_tokens == 0
    assert emulator.bill("other")["requests"] == 1


def test_below_the_minimum_nothing_is_cached_and_nobody_told(client):
    usage = client.messages.create(**request(system=system("Short."))).usage
    assert usage.cache_creation_input_tokens == 0 and usage.cache_read_input_tokens == 0


def marked(count, **marker):
    return [
        {"type": "text", "text": f"{index} {LONG}", "cache_control": {"type": "ephemeral", **marker}}
        for index in range(count)
    ]


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"system": marked(5)}, "A maximum of 4 blocks with cache_control may be provided. Found 5."),
        (
            {"system": system() + system(ttl="1h")},
            "system.1.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. "
            "Note that blocks are processed in the following order: `tools`, `system`, `messages`.",
        ),
        ({"system": system("")}, "system.0.text: cache_control cannot be set for empty text blocks"),
        ({"max_tokens": 0, "tool_choice": {"type": "any"}, "tools": [{"name": "t", "input_schema": {"type": "object"}}]}, "max_tokens"),
        ({"max_tokens": 0, "thinking": {"type": "enabled", "budget_tokens": 1024}}, "max_tokens"),
        ({"max_tokens": 0, "extra_body": {"output_config": {"format": {"type": "json_schema"}}}}, "max_tokens"),
        ({"max_tokens": 0, "extra_body": {"compaction": {}}}, "max_tokens"),
        ({"max_tokens": 0, "stream": True}, "max_tokens"),
        ({"messages": []}, "messages: at least one message is required"),
        (
            {
                "messages": [
                    {"role": "user", "content": "Go"},
                    {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "t", "input": {}}]},
                    {"role": "user", "content": "And?"},
                ]
            },
            "`tool_use` ids were found without `tool_result` blocks immediately after",
        ),
    ],
)
def test_each_documented_400(client, changes, words):
    with pytest.raises(anthropic.BadRequestError) as caught:
        client.messages.create(**request(**changes))
    assert words in caught.value.body["error"]["message"]
    assert caught.value.body["error"]["type"] == "invalid_request_error"
    assert caught.value.body["request_id"].startswith("req_")


def test_unknown_model_and_missing_key(emulator, client):
    with pytest.raises(anthropic.NotFoundError):
        client.messages.create(**request(model="claude-nobody-1"))
    bad = anthropic.Anthropic(api_key="", base_url=emulator.url, max_retries=0)
    with pytest.raises((anthropic.AuthenticationError, TypeError, anthropic.APIConnectionError)):
        bad.messages.create(**request())


def test_the_sdk_retries_an_overloaded_provider(emulator):
    emulator.post("/emulator/faults", [{"status": 529, "count": 2, "retry_after": 0}])
    usage = emulator.client(max_retries=2).messages.create(**request()).usage
    assert usage.cache_creation_input_tokens > 0
    assert [row["status"] for row in emulator.get("/emulator/requests")] == [529, 529, 200]


def test_a_cut_stream_is_an_error_of_the_connection(emulator, client):
    emulator.post("/emulator/faults", [{"cut": "mid", "count": 1}])
    with pytest.raises(Exception):
        with client.messages.stream(**request()) as stream:
            stream.get_final_message()
