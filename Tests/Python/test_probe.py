"""`warmer probe` on the command line, against the emulator on stepped time."""

import json
import os
import pty
import subprocess
import threading

import pytest
from conftest import Emulator

WARMER = os.environ["WARMER"]
MODEL = "claude-sonnet-5-5"


@pytest.fixture
def emulator():
    emulator = Emulator("--stepped")
    yield emulator
    emulator.stop()


def environment(**more):
    return {**os.environ, "ANTHROPIC_API_KEY": "sk-emu-me-1", **more}


def probe(emulator, folder, *arguments, text=True):
    """Runs a probe, with time moving on beside it."""
    command = [
        WARMER, "probe", "--model", MODEL, "--upstream", emulator.url, "--clock", emulator.url, "--yes", *arguments,
    ]
    process = subprocess.Popen(
        command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=text
    )
    result = {}
    thread = threading.Thread(target=lambda: result.update(zip(("out", "err"), process.communicate(timeout=120))))
    thread.start()
    while thread.is_alive():
        emulator.advance(10)
        thread.join(0.01)
    return process.returncode, result["out"], result["err"]


def test_a_probe_measures_and_a_daemon_goes_by_it(emulator, tmp_path):
    emulator.post("/emulator/faults", [{"no_refresh": "zero"}, {"minimum_tokens": 2048}])
    code, out, err = probe(emulator, tmp_path, "--json", "--budget", "1.00")
    assert code == 0 and err == "", (code, out, err)
    report = json.loads(out)
    profile = json.loads((tmp_path / "warmer-profile.json").read_text())
    assert profile["caches"] == [report["cache"]]
    cache = report["cache"]
    assert cache["zero_tokens"] == "does not refresh" and cache["read_refreshes"] is True
    assert cache["minimum_tokens"]["uncached"] < 2048 <= cache["minimum_tokens"]["cached"]
    assert cache["hour_honoured"] is True and cache["hour_on_top"] == "segment" and cache["lifetime_in_key"] is False
    assert "sk-emu" not in out + json.dumps(profile)

    # The daemon takes a prompt of 1,000 tokens for too short now, which it would not by the documents.
    (tmp_path / "short.json").write_text(
        json.dumps(
            {
                "model": MODEL,
                "system": [{"type": "text", "text": "Be kind. " * 200, "cache_control": {"type": "ephemeral"}}],
            }
        )
    )
    yaml = (
        f"upstreams: {{ e: {{ url: {emulator.url}, api_key: {{ env: ANTHROPIC_API_KEY }} }} }}\nbudget: {{ per_day: 1 }}\n"
        "scopes: [{ name: short, request: short.json, policy: 'every:285s@5m' }]\n"
    )
    for more, code in (("", 0), ("profile: warmer-profile.json\n", 2)):
        (tmp_path / "warmer.yaml").write_text(yaml + more)
        done = subprocess.run(
            [WARMER, "run", "--check"], cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == code, done
    assert "surely below the minimum of" in done.stderr


def test_a_probe_of_few_questions_is_told_for_people_and_keeps_what_the_file_has(emulator, tmp_path):
    other = {"endpoint": "https://api.anthropic.com", "model": MODEL, "zero_tokens": "refused"}
    (tmp_path / "p.json").write_text(json.dumps({"caches": [other]}))
    code, out, err = probe(emulator, tmp_path, "--only", "zero", "lifetime-in-key", "--output", "p.json")
    assert code == 0, (code, out, err)
    lines = out.splitlines()
    assert lines[0].startswith(f"2 questions to {MODEL} at {emulator.url}, at most $0.0")
    assert lines[1].endswith("yes") and lines[2].endswith("no: 5m and 1h share an entry")
    caches = json.loads((tmp_path / "p.json").read_text())["caches"]
    assert [cache["endpoint"] for cache in caches] == ["https://api.anthropic.com", emulator.url]
    assert caches[0]["zero_tokens"] == "refused" and caches[1]["zero_tokens"] == "refreshes"


def test_nothing_is_sent_that_nobody_has_agreed_to(emulator, tmp_path):
    command = [WARMER, "probe", "--model", MODEL, "--upstream", emulator.url]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2 and "there is no terminal to ask at; say --yes" in done.stderr, done
    # At a terminal it asks, and everything but yes means no.
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdin=end, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    os.write(terminal, b"\n")
    out, err = process.communicate(timeout=60)
    os.close(end), os.close(terminal)
    assert process.returncode == 1 and "Send? [y/N]" in out and "nothing was sent" in err
    assert emulator.get("/emulator/requests") == [] and not (tmp_path / "warmer-profile.json").exists()


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--model", "gpt-5"], "no price is known for gpt-5"),
        (["--model", MODEL, "--only", "zeros"], "--only zeros: there are minimum, readable"),
        (["--model", MODEL, "--budget", "x"], "--budget: 'x' is not an amount"),
        (["--model", MODEL, "--output", "bad.json"], "bad.json: caches: must be a list of measurements"),
    ],
)
def test_mistakes_are_one_line(tmp_path, arguments, words):
    (tmp_path / "bad.json").write_text("{}")
    done = subprocess.run(
        [WARMER, "probe", "--upstream", "http://127.0.0.1:9", *arguments], cwd=tmp_path, env=environment(),
        capture_output=True, text=True, timeout=60,
    )
    assert done.returncode == 2 and words in done.stderr and done.stderr.count("\n") == 1, done


def test_a_refusing_provider_leaves_the_profile_alone(emulator, tmp_path):
    emulator.post("/emulator/faults", [{"status": 401}])
    code, out, err = probe(emulator, tmp_path, "--only", "zero")
    assert code == 1 and "unknown: 401 authentication_error" in out and "nothing could be measured" in err
    assert not (tmp_path / "warmer-profile.json").exists()
