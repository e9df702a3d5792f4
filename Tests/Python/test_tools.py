"""diff, lint, cost, key and stats as scripts use them. Nothing is sent anywhere."""

import json
import os
import subprocess

import pytest
from prompts import request

WARMER = os.environ["WARMER"]
PRICES = {"input": "2", "write_5m": "2.5", "write_1h": "4", "read": "0.1", "output": "10"}


def warmer(*arguments, **options):
    return subprocess.run([WARMER, *arguments], capture_output=True, text=True, timeout=120, **options)


def write(folder, name, value):
    (folder / name).write_text(value if isinstance(value, str) else json.dumps(value))
    return str(folder / name)


def test_diff_of_equal_requests_is_same(tmp_path):
    a = write(tmp_path, "a.json", request())
    b = write(tmp_path, "b.json", json.dumps(request() | {"max_tokens": 3, "stream": True}, indent=2))
    done = warmer("diff", a, b, "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0 and report["same"] is True and report["lost"] == []
    keys = json.loads(warmer("key", a, "--json").stdout)["prefixes"]
    assert report["surviving"] == [prefix["key"] for prefix in keys]
    assert {part["kind"] for part in report["unseen"]} >= {"not seen by the cache", "whitespace"}


def test_diff_names_the_place_and_the_kind(tmp_path):
    a = request()
    b = json.loads(json.dumps(a))
    b["system"][0]["text"] = "2026-11-25 10:05 " + b["system"][0]["text"]
    a["system"][0]["text"] = "2026-11-24 09:00 " + a["system"][0]["text"]
    done = warmer("diff", write(tmp_path, "a.json", a), write(tmp_path, "b.json", b), "--json")
    first = json.loads(done.stdout)["first_difference"]
    assert done.returncode == 3
    assert (first["part"], first["path"], first["kind"]) == ("system", "system.0.text", "timestamp")
    body = json.dumps(a).encode()
    assert body[first["offset_a"] :].startswith(b"4 09:00")


def test_lint_finds_and_exits_with_3(tmp_path):
    bad = request()
    bad["system"][0]["text"] = "It is 10:05:31. " + bad["system"][0]["text"]
    file = write(tmp_path, "bad.json", json.dumps(bad, indent=1))
    done = warmer("lint", file, "--format", "json")
    finding = json.loads(done.stdout)["findings"][0]
    assert done.returncode == 3
    assert finding["rule"] == "marker-on-volatile" and finding["path"] == "system.0.text" and finding["fix"]
    annotation = warmer("lint", file, "--format", "github").stdout
    assert annotation.startswith(f"::warning file={file},line=")
    assert warmer("lint", file, "--ignore", "marker-on-volatile").returncode == 0


@pytest.mark.parametrize("name", ["claude-sonnet-5-5", "us.anthropic.claude-sonnet-5-5-v1:0", "anthropic/claude-sonnet-5.5"])
def test_cost_of_a_response_under_any_name(tmp_path, name):
    usage = {"input_tokens": 21, "cache_creation_input_tokens": 188086, "cache_read_input_tokens": 0, "output_tokens": 393}
    done = warmer("cost", "--json", "--model", name, input=json.dumps({"usage": usage}))
    report = json.loads(done.stdout)
    assert report["usd"] == "0.474187" and report["model"] == name
    assert report["breakdown"]["write_5m"] == "0.470215"


def test_cost_of_lines_skips_what_is_broken(tmp_path):
    good = {"model": "claude-sonnet-5-5", "usage": {"input_tokens": 1_000_000, "output_tokens": 0}}
    lines = [json.dumps(good), "{broken", json.dumps({"type": "error", "error": {"type": "overloaded_error"}}), json.dumps(good)]
    done = warmer("cost", "--json", write(tmp_path, "responses.jsonl", "\n".join(lines)))
    report = json.loads(done.stdout)
    assert done.returncode == 0 and report["usd"] == "4" and report["responses"] == 2 and report["skipped"] == 2
    assert "line 2: not valid JSON" in done.stderr and "line 3: is an error (overloaded_error)" in done.stderr


def test_cost_of_a_recorded_stream():
    start = {"type": "message_start", "message": {"model": "claude-sonnet-5-5", "usage": {"input_tokens": 10, "output_tokens": 1}}}
    end = {"type": "message_delta", "delta": {}, "usage": {"output_tokens": 100}}
    stream = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in (start, end))
    report = json.loads(warmer("cost", "--json", input=stream).stdout)
    assert report["usage"]["output"] == 100 and report["usd"] == "0.00102"


@pytest.mark.parametrize(
    "change, words",
    [({"read": "-0.1"}, "is below zero"), ({"output": "1000000"}, "is above 10000"), ({"read": "3"}, "were the two exchanged")],
)
def test_absurd_prices_are_refused(tmp_path, change, words):
    prices = write(tmp_path, "prices.json", {"models": {"claude-sonnet-5-5": PRICES | change}})
    done = warmer("cost", "--prices", prices, "--model", "claude-sonnet-5-5", input='{"input_tokens":1,"output_tokens":1}')
    assert done.returncode == 2 and words in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "text, words",
    [
        ('{"type":"message","content":[]}', "has no usage"),
        ('{"usage":{"input_tokens":-5,"output_tokens":1}}', "has no usage"),
        ("{", "line 1, column 2"),
        ("", "expected a JSON value"),
    ],
)
def test_what_has_no_usage_is_told(text, words):
    done = warmer("cost", "--model", "claude-sonnet-5-5", input=text)
    assert done.returncode == 2 and words in done.stderr and done.stderr.count("\n") == 1


def test_stats_without_a_ledger_is_wrong_usage(tmp_path):
    done = warmer("stats", cwd=tmp_path)
    assert done.returncode == 2 and "warmer.sqlite" in done.stderr and done.stderr.count("\n") == 1
    write(tmp_path, "warmer.sqlite", "no database at all, just some text to be longer than a header or so")
    done = warmer("stats", cwd=tmp_path)
    assert done.returncode == 2 and "is no ledger" in done.stderr


def test_versions_are_recorded_compared_and_switched(tmp_path, emulator, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-emu-me-1")
    old, new = request(), request()
    new["system"][0]["text"] = "Be kind. " + new["system"][0]["text"]
    first = warmer("versions", "record", "support", write(tmp_path, "old.json", old), "--env", "prod")
    assert first.returncode == 0 and "it is current in prod" in first.stdout
    second = warmer("versions", "record", "support", write(tmp_path, "new.json", new), "--env", "prod", "--json")
    assert json.loads(second.stdout) | {"hash": ""} == {
        "name": "support", "version": 2, "hash": "", "new": True, "env": "prod", "current": 1,
    }
    assert warmer("versions", "diff", "support@1", "support@2").returncode == 3
    done = warmer("versions", "switch", "support", "--env", "prod", "--upstream", emulator.url, "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0 and report["version"] == 2 and report["before"] == 1 and report["verified"] is True
    assert emulator.bill()["cache_creation_5m"] > 0
    listed = json.loads(warmer("versions", "list", "--json").stdout)["versions"]
    assert [version["current_in"] for version in listed] == [[], ["prod"]]
    shown = warmer("versions", "show", "support@2", "--body")
    assert json.loads(shown.stdout) == new
    emulator.post("/emulator/faults", [{"evict": True}])
    failed = warmer("versions", "switch", "support@1", "--env", "prod", "--upstream", emulator.url)
    assert failed.returncode == 3 and "support@2 stays current in prod" in failed.stderr


def test_warm_writes_the_ledger_that_stats_reads(tmp_path, emulator, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-emu-me-1")
    file = write(tmp_path, "support.json", request())
    done = warmer("warm", file, "--verify", "--ledger", "warmer.sqlite", "--upstream", emulator.url, "--json")
    cost = json.loads(done.stdout)["cost_usd"]
    total = json.loads(warmer("stats", "--json").stdout)["total"]
    assert total["pings"] == 2 and total["ping_usd"] == cost and total["requests"] == 0
    assert warmer("is-warm", file, "--ledger", "warmer.sqlite", "--upstream", emulator.url).returncode == 0
    assert warmer("stats", "--min-hit-rate", "0.5").returncode == 3
    assert warmer("ledger", "check").returncode == 0
    page = warmer("stats", "--html", "-").stdout
    assert page.startswith("<!doctype html>") and "<script" not in page


def test_plan_reads_transcripts_in_the_home_of_the_environment(tmp_path):
    folder = tmp_path / ".claude" / "projects" / "p"
    folder.mkdir(parents=True)
    lines = [
        {
            "type": "assistant", "timestamp": f"2026-11-24T{9 + n // 6:02}:{n % 6 * 10:02}:00.000Z", "requestId": f"r{n}",
            "sessionId": "s",
            "message": {
                "id": f"m{n}", "model": "claude-sonnet-5-5",
                "usage": {"input_tokens": 9, "cache_creation_input_tokens": 30000, "cache_read_input_tokens": 0,
                          "output_tokens": 5},
            },
        }
        for n in range(30)
    ]
    write(folder, "s.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    done = warmer("plan", env=os.environ | {"HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    assert "30 requests" in done.stdout
    nothing = warmer("plan", env=os.environ | {"HOME": str(tmp_path / "nobody")})
    assert nothing.returncode == 2 and "there is no ~/.claude/projects" in nothing.stderr
