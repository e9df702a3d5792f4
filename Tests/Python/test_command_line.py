"""The command as a script would use it, against an emulator on real time."""

import json
import os
import signal
import subprocess

import pytest
from conftest import Emulator
from prompts import request

WARMER = os.environ["WARMER"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "support.json").write_text(json.dumps(request()))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-emu-me-1")
    return tmp_path


@pytest.fixture
def emulator():
    emulator = Emulator()
    yield emulator
    emulator.stop()


def warmer(*arguments, **options):
    return subprocess.run([WARMER, *arguments], capture_output=True, text=True, timeout=120, **options)


def test_warm_verifies_and_is_warm_knows(folder, emulator):
    cold = warmer("is-warm", "support.json", "--upstream", emulator.url)
    assert cold.returncode == 3 and cold.stdout.startswith("cold")
    done = warmer("warm", "support.json", "--verify", "--json", "--upstream", emulator.url)
    report = json.loads(done.stdout)
    assert done.returncode == 0 and report["verified"] is True and report["verdict"] == "rewritten"
    bill = emulator.bill()
    assert report["usage"]["write_5m"] == bill["cache_creation_5m"]
    assert report["usage"]["read"] == bill["cache_read"]
    warm = warmer("is-warm", "support.json", "--json", "--upstream", emulator.url)
    assert warm.returncode == 0 and json.loads(warm.stdout)["warm"] is True
    # The upstream's own time counts, since it is an emulator.
    emulator.post("/emulator/clock", {"advance_seconds": 301})
    cold = warmer("is-warm", "support.json", "--upstream", emulator.url)
    assert cold.returncode == 3 and cold.stdout.startswith("cold")


def test_warm_fails_when_the_second_request_does_not_read(folder, emulator):
    emulator.post("/emulator/faults", [{"evict": True}])
    done = warmer("warm", "support.json", "--verify", "--upstream", emulator.url)
    assert done.returncode == 3
    assert "not warm" in done.stderr


def test_an_unreachable_upstream_is_one_line(folder):
    done = warmer("warm", "support.json", "--upstream", "http://127.0.0.1:9")
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "http://127.0.0.1:9" in done.stderr


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["warm", "nothing.json"], "there is no such file"),
        (["nonsense"], "Unexpected argument"),
        (["warm", "broken.json"], "line 2, column 1"),
        (["warm", "short.json"], "below the minimum"),
        (["warm", "five.json"], "at most 4"),
        (["run", "--config", "nothing.yaml"], "nothing.yaml"),
        (["emulate", "--listen", "nowhere"], "127.0.0.1:8080"),
    ],
)
def test_mistakes_are_one_line_and_exit_with_2(folder, arguments, words):
    (folder / "broken.json").write_text("{\n")
    short = request(system=[{"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}}])
    (folder / "short.json").write_text(json.dumps(short))
    (folder / "five.json").write_text(json.dumps(request(system=request()["system"] * 5)))
    done = warmer(*arguments)
    assert done.returncode == 2, done
    assert words in done.stderr and done.stderr.count("\n") == 1
    assert "sk-emu" not in done.stderr


def test_a_missing_key_is_said(folder, monkeypatch):
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    done = warmer("warm", "support.json")
    assert done.returncode == 2 and "ANTHROPIC_API_KEY is not set" in done.stderr


def test_cost_is_exact(folder):
    usage = {"input_tokens": 21, "cache_creation_input_tokens": 188086, "cache_read_input_tokens": 0, "output_tokens": 393}
    done = warmer("cost", "--model", "claude-sonnet-5-5", "--json", input=json.dumps({"usage": usage}))
    assert json.loads(done.stdout)["usd"] == "0.474187"


def test_the_daemon_lives_through_a_virtual_day(folder, emulator):
    (folder / "warmer.yaml").write_text(
        "upstreams:\n"
        f"  emulator: {{ url: {emulator.url}, api_key: {{ env: ANTHROPIC_API_KEY }} }}\n"
        "budget: { per_day: 1.00 }\n"
        "scopes:\n"
        "  - { name: held, request: support.json, policy: 'every:285s@5m' }\n"
        "  - { name: used, request: support.json, policy: 'idle:2@5m' }\n"
        "dashboard: { listen: 127.0.0.1:0 }\n"
    )
    assert warmer("run", "--check").returncode == 0
    command = [WARMER, "run", "--clock", emulator.url]
    log = folder / "log"
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log.open("w"), text=True)
    try:
        dashboard = daemon.stdout.readline().split()[-1]
        emulator.advance(3600)
        subprocess.run(["curl", "-sf", "-X", "POST", f"{dashboard}/v1/scopes/used/arrivals"], check=True)
        emulator.advance(86400 - 3600)
        bill = emulator.bill()
        pings = 1 + (86400 - 1) // 285 + 2
        assert bill["requests"] == pings
        assert bill["cache_read"] == (pings - 1) * bill["cache_creation_5m"]
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=30)
    assert daemon.returncode == 0
    assert "sk-emu" not in log.read_text()


def test_the_demonstration_is_the_same_for_the_same_seed():
    first, second = (warmer("demo", "--seed", "3", "--json").stdout for _ in range(2))
    assert first == second
    policies = [row["policy"] for row in json.loads(first)["strategies"]]
    assert policies == ["off@5m", "every:240s@5m", "idle:2@5m", "break-even@5m"]
