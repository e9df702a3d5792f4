"""Requests of many shapes, kept warm by the proxy: each ping reads exactly what its request wrote, or is refused with the
reason."""

import json
import urllib.request

import pytest
from conftest import Emulator
from prompts import LONG
from proxy import Proxy

MARK = {"cache_control": {"type": "ephemeral"}}
TEXT = {"type": "text", "text": LONG}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
DOCUMENT = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": LONG}}
TOOL = {"name": "look", "description": LONG, "input_schema": {"type": "object"}}
SEARCH = {"type": "web_search_20250305", "name": "web_search"}


def user(*blocks):
    return {"role": "user", "content": list(blocks)}


def body(*messages, **members):
    return {"model": "claude-sonnet-5-5", "max_tokens": 2048, "messages": list(messages) or [user(TEXT | MARK)]} | members


CALLS = [
    user(TEXT),
    {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "look", "input": {}}]},
    user({"type": "tool_result", "tool_use_id": "t1", "content": "A wall."} | MARK),
]

PARALLEL = [
    user(TEXT),
    {
        "role": "assistant",
        "content": [{"type": "tool_use", "id": f"t{n}", "name": "look", "input": {"n": n}} for n in range(3)],
    },
    user(
        *({"type": "tool_result", "tool_use_id": f"t{n}", "content": "A wall."} for n in range(2)),
        {"type": "tool_result", "tool_use_id": "t2", "content": "A door."} | MARK,
    ),
]

# Shape, whether it can be kept warm, headers.
SHAPES = {
    "system": (body(user({"type": "text", "text": "hi"}), system=[TEXT | MARK]), True, {}),
    "message": (body(), True, {}),
    "automatic": (body(user(TEXT), cache_control={"type": "ephemeral"}), True, {}),
    "an hour": (body(user(TEXT | {"cache_control": {"type": "ephemeral", "ttl": "1h"}})), True, {}),
    "both lifetimes": (
        body(system=[TEXT | {"cache_control": {"type": "ephemeral", "ttl": "1h"}}]),
        True,
        {},
    ),
    "stream": (body(stream=True), True, {}),
    "tools": (body(tools=[TOOL | MARK]), True, {}),
    "calls and results": (body(*CALLS, tools=[TOOL]), True, {}),
    "tool choice any": (body(tools=[TOOL], tool_choice={"type": "any"}), True, {}),
    "server tool": (body(tools=[SEARCH]), True, {}),
    "adaptive thinking": (body(thinking={"type": "adaptive"}), True, {}),
    "thinking with a budget": (body(thinking={"type": "enabled", "budget_tokens": 1024}), False, {}),
    "effort": (body(output_config={"effort": "low"}), True, {}),
    "image": (body(user(IMAGE, TEXT | MARK)), True, {}),
    "image by URL": (
        body(user({"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}, TEXT | MARK)),
        True,
        {},
    ),
    "image in a result": (
        body(*CALLS[:2], user({"type": "tool_result", "tool_use_id": "t1", "content": [IMAGE, TEXT]} | MARK), tools=[TOOL]),
        True,
        {},
    ),
    "document by file": (
        body(user({"type": "document", "source": {"type": "file", "file_id": "file_1"}}, TEXT | MARK)),
        True,
        {"anthropic-beta": "files-api-2025-04-14"},
    ),
    "search result": (
        body(
            user(
                {
                    "type": "search_result",
                    "source": "https://example.com",
                    "title": "Jack",
                    "content": [{"type": "text", "text": LONG}],
                }
                | MARK
            )
        ),
        True,
        {},
    ),
    "parallel calls": (body(*PARALLEL, tools=[TOOL]), True, {}),
    "tool choice none": (body(tools=[TOOL], tool_choice={"type": "none"}), True, {}),
    "document": (body(user(DOCUMENT | MARK)), True, {}),
    "citations": (body(user(DOCUMENT | {"citations": {"enabled": True}} | MARK)), True, {}),
    "metadata": (body(metadata={"user_id": "x"}), True, {}),
    "temperature and stops": (body(temperature=0.5, stop_sequences=["x"]), True, {}),
    "betas": (body(), True, {"anthropic-beta": "context-1m-2025-08-07,other-2026-01-01"}),
    "mid-conversation system": (
        body(user(TEXT), {"role": "assistant", "content": "Yes."}, {"role": "system", "content": [TEXT | MARK]}, model="claude-opus-4-8"),
        True,
        {},
    ),
    "thread": (body(thread={"type": "start"}), None, {}),
    "escapes and odd spacing": (
        '{ "max_tokens":8,\n"messages" : [ {"content":[{"text":"\\u00e9 ' + LONG + '","cache_control":{"type":"ephemeral"},'
        '"type":"text"}],"role":"user"}],"model":"claude-sonnet-5-5" }',
        True,
        {},
    ),
}


@pytest.fixture(scope="module")
def emulator():
    emulator = Emulator("--fast")
    yield emulator
    emulator.stop()


@pytest.mark.parametrize("shape", SHAPES)
def test_ping_reads_what_its_request_wrote(emulator, shape):
    request, can_ping, headers = SHAPES[shape]
    workspace = "".join(filter(str.isalnum, shape))
    proxy = Proxy(emulator, "--warm", "--budget-per-day", "1.00", "--policy", "break-even@5m", "--clock", emulator.url)
    text = request if isinstance(request, str) else json.dumps(request)
    outgoing = urllib.request.Request(
        proxy.url + "/v1/messages",
        text.encode(),
        {
            "content-type": "application/json",
            "x-api-key": f"sk-emu-{workspace}-1",
            "anthropic-version": "2023-06-01",
        }
        | headers,
    )
    with urllib.request.urlopen(outgoing, timeout=60) as response:
        assert response.status == 200
        response.read()
    first = emulator.bill(workspace)
    written = first["cache_creation_5m"] + first["cache_creation_1h"]
    assert written > 500
    emulator.advance(3599 if "1h" in text and "both" not in shape else 299)
    after = emulator.bill(workspace)
    log = "".join(proxy.lines)
    proxy.stop()
    log = "".join(proxy.lines)
    if can_ping is False:
        assert after["requests"] == 1 and ("refused" in log or "not warmed" in log or "failed" in log), log
    elif can_ping:
        assert after["requests"] == 2, log
        assert after["cache_creation_5m"] + after["cache_creation_1h"] == written, log
        assert after["cache_read"] == written, log
    else:
        assert after["cache_creation_5m"] == first["cache_creation_5m"], log
