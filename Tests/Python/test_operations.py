"""The daemon as an operator runs it: the commands that speak to it, signals, metrics, logs."""

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from conftest import Emulator
from postgres import Postgres
from prompts import request

WARMER = os.environ["WARMER"]
PACKAGING = Path(__file__).parents[2] / "packaging"


class Daemon:
    """A running `warmer run` in a folder of its own, on real time."""

    def __init__(self, folder, emulator):
        self.folder = folder
        self.emulator = emulator
        self.environment = {
            **os.environ, "ANTHROPIC_API_KEY": "sk-emu-me-1", "WARMER_STATE": str(folder / "state"),
        }
        (folder / "support.json").write_text(json.dumps(request()))
        self.write()

    def write(self, more="", scope="{ name: support, request: support.json, policy: 'every:285s@5m' }"):
        text = (
            "upstreams:\n"
            f"  emulator: {{ url: {self.emulator.url}, api_key: {{ env: ANTHROPIC_API_KEY }} }}\n"
            "budget: { per_day: 1.00 }\n"
            f"scopes:\n  - {scope}\n"
            f"dashboard: {{ listen: 127.0.0.1:0 }}\n{more}\n"
        )
        (self.folder / "next.yaml").write_text(text)
        (self.folder / "next.yaml").rename(self.folder / "warmer.yaml")

    def start(self, *arguments, **environment):
        self.log = (self.folder / "log").open("w")
        self.process = subprocess.Popen(
            [WARMER, "run", *arguments], cwd=self.folder, env={**self.environment, **environment}, stdout=subprocess.PIPE,
            stderr=self.log, text=True,
        )
        line = self.process.stdout.readline()
        assert line.startswith("dashboard listening on http://"), (line, (self.folder / "log").read_text())
        self.url = line.split()[-1]

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(timeout=30)
        self.process.stdout.close()
        self.log.close()
        return self.process.returncode

    def command(self, *arguments):
        return subprocess.run(
            [WARMER, *arguments, "--control", self.url], cwd=self.folder, env=self.environment, capture_output=True,
            text=True, timeout=60,
        )

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=60) as response:
            return response.read().decode()

    def post(self, path, value=None):
        request = urllib.request.Request(
            self.url + path, method="POST", data=json.dumps(value).encode() if value else b"",
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.read().decode()

    def pings(self):
        return self.emulator.get("/emulator/bill")["workspaces"].get("me", {}).get("requests", 0)

    def until(self, condition, what):
        """Waits for what another process does on its own time."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if condition():
                return
            time.sleep(0.1)
        raise AssertionError(f"{what} did not happen: {(self.folder / 'log').read_text()}")


@pytest.fixture
def emulator():
    emulator = Emulator()
    yield emulator
    emulator.stop()


@pytest.fixture
def postgres():
    postgres = Postgres()
    yield postgres
    postgres.stop()


@pytest.fixture
def daemon(tmp_path, emulator):
    daemon = Daemon(tmp_path, emulator)
    daemon.start()
    yield daemon
    if daemon.process.poll() is None:
        daemon.stop()


def test_status_explain_pause_and_resume(daemon):
    daemon.until(lambda: '"state":"warm"' in daemon.get("/v1/scopes"), "warming")
    status = daemon.command("status")
    assert status.returncode == 0 and re.search(r"support +warm +4:5\d", status.stdout), status
    report = json.loads(daemon.command("status", "--json").stdout)
    assert report["daemon"]["warming"]["on"] and report["scopes"][0]["id"] == "support"
    explained = daemon.command("explain", "support").stdout
    assert "a ping in 4:" in explained and "rewritten (first sight)" in explained
    assert daemon.command("pause", "support").stdout == "support: paused\n"
    assert json.loads(daemon.command("status", "--json", "--state", "paused").stdout)["scopes"][0]["paused"]
    assert daemon.command("resume", "--all").stdout == "1 scopes: resumed\n"
    warmed = daemon.command("warm-now", "support", "--verify")
    assert warmed.returncode == 0 and "support system.0, hit, verified" in warmed.stdout
    assert "sk-emu" not in status.stdout + explained


@pytest.mark.parametrize(
    "arguments, code, words",
    [
        (["explain", "suport"], 2, "there is no scope 'suport': there is support"),
        (["status", "--state", "hot"], 2, "there are warm, cold, paused, stopped"),
        (["pause"], 2, "name a scope, or say --all"),
        (["pause", "support", "--all"], 2, "name a scope, or say --all"),
    ],
)
def test_mistakes_are_one_line(daemon, arguments, code, words):
    done = daemon.command(*arguments)
    assert done.returncode == code and words in done.stderr and done.stderr.count("\n") == 1, done


def test_nobody_there_is_one_line(tmp_path):
    done = subprocess.run([WARMER, "status", "--control", "http://127.0.0.1:9"], capture_output=True, text=True)
    assert done.returncode == 1 and "no daemon answers there" in done.stderr and done.stderr.count("\n") == 1


def test_a_change_needs_the_token_of_the_daemons_state(daemon, tmp_path):
    daemon.environment["WARMER_STATE"] = str(tmp_path / "other")
    done = daemon.command("pause", "support")
    assert done.returncode == 1 and "there is no token" in done.stderr
    assert '"paused":false' in daemon.get("/v1/scopes")


def test_the_kill_switch_survives_kill_9(daemon):
    daemon.until(lambda: daemon.pings() == 1, "the first ping")
    assert daemon.command("off").stdout.startswith("warming is off: by the kill switch")
    refused = daemon.command("warm-now", "support")
    assert refused.returncode == 1 and "warming is switched off" in refused.stderr
    daemon.stop(signal.SIGKILL)
    daemon.start()
    assert "warming is off" in daemon.command("status").stdout
    assert daemon.pings() == 1
    assert daemon.command("on").stdout == "warming is on\n"
    daemon.until(lambda: daemon.pings() == 2, "a ping")


def test_the_configuration_is_read_again_on_sighup_and_on_change(daemon):
    daemon.until(lambda: '"state":"warm"' in daemon.get("/v1/scopes"), "warming")
    before = json.loads(daemon.get("/v1/scopes"))["scopes"][0]["totals"]
    daemon.write(scope="{ name: support, request: support.json, policy: 'every:285s@5m', budget: { per_day: 0.5 } }")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.until(lambda: "0.5" in str(json.loads(daemon.get("/v1/budget"))["scopes"]), "reloading")
    assert json.loads(daemon.get("/v1/scopes"))["scopes"][0]["totals"] == before
    daemon.write(scope="{ name: support, request: gone.json, policy: 'every:285s@5m' }")
    daemon.until(lambda: "gone.json" in daemon.get("/v1/daemon"), "refusing")
    assert '"state":"warm"' in daemon.get("/v1/scopes")
    assert "warmer.yaml was not taken over: " in daemon.command("status").stdout
    daemon.write(scope="{ name: fresh, request: support.json, policy: 'off@5m' }")
    daemon.until(lambda: '"fresh"' in daemon.get("/v1/scopes"), "reloading")
    assert json.loads(daemon.get("/v1/daemon"))["configuration"]["faults"] == []


def test_promtool_accepts_metrics_and_rules(daemon):
    daemon.until(lambda: "pings_total" in daemon.get("/metrics"), "the first ping")
    promtool = shutil.which("promtool")
    assert promtool, "promtool is missing; scripts/setup installs it with Debian's prometheus"
    metrics = daemon.get("/metrics")
    checked = subprocess.run([promtool, "check", "metrics"], input=metrics, capture_output=True, text=True)
    assert checked.returncode == 0 and checked.stderr == "", checked
    assert "As its name says." not in metrics
    for arguments in (["check", "rules", "alerts.yaml"], ["test", "rules", "alerts.test.yaml"]):
        checked = subprocess.run([promtool, *arguments], cwd=PACKAGING, capture_output=True, text=True)
        assert checked.returncode == 0, checked


def test_alerts_and_board_ask_only_for_metrics_that_there_are(daemon):
    daemon.until(lambda: "pings_total" in daemon.get("/metrics"), "the first ping")
    daemon.command("pause", "support")
    there = set(re.findall(r"^# TYPE (\S+)", daemon.get("/metrics"), re.M))
    board = json.loads((PACKAGING / "grafana.json").read_text())
    text = (PACKAGING / "alerts.yaml").read_text() + json.dumps(board)
    asked = {re.sub("_(bucket|sum|count)$", "", name) for name in re.findall(r"prompt_cache_\w+", text)}
    # The proxy's are looked at where one runs.
    proxied = {"prompt_cache_proxy_overhead_seconds", "prompt_cache_proxy_requests_total"}
    assert asked <= there | proxied | {"prompt_cache_warmer_configuration_reloads_total"}, asked - there


def test_hosts_tell_how_long_their_users_have_waited(daemon):
    daemon.until(lambda: daemon.pings() == 1, "the first ping")
    usage = {"input_tokens": 9, "output_tokens": 1}
    daemon.post("/v1/scopes/support/arrivals", {"usage": usage | {"cache_read_input_tokens": 2000}, "ttft_ms": 300})
    daemon.post("/v1/scopes/support/arrivals", {"usage": usage | {"cache_creation_input_tokens": 2000}, "ttft_ms": 1500})
    daemon.until(lambda: json.loads(daemon.get("/v1/scopes"))["scopes"][0]["totals"]["arrivals"] == 2, "the arrivals")
    daemon.stop()
    command = [WARMER, "stats", "--ledger", "warmer.sqlite", "--json"]
    done = subprocess.run(command, cwd=daemon.folder, capture_output=True, text=True, timeout=60)
    total = json.loads(done.stdout)["total"]
    assert total["ttft_warm_ms"] == 300 and total["ttft_cold_ms"] == 1500, total


def test_two_daemons_keep_to_the_budget_of_one_ledger(tmp_path):
    emulator = Emulator("--stepped")
    daemons = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        daemon = Daemon(folder, emulator)
        text = (folder / "warmer.yaml").read_text().replace("per_day: 1.00", "per_day: 0.04")
        (folder / "support.json").write_text(json.dumps(request()).replace("kind", name * 4))
        (folder / "warmer.yaml").write_text(
            text.replace("name: support", f"name: {name}") + "store: { sqlite: ../shared.sqlite }\n"
        )
        daemon.start("--clock", emulator.url)
        daemons.append(daemon)
    emulator.advance(12 * 3600)
    bill = emulator.bill()
    spent = (
        bill["input_tokens"] * 2 + bill["cache_creation_5m"] * 2.5 + bill["cache_read"] * 0.2 + bill["output_tokens"] * 10
    ) / 1e6
    assert 0.02 < spent <= 0.04, bill
    counted = 0
    for daemon in daemons:
        scope = json.loads(daemon.get("/v1/scopes"))["scopes"][0]
        counted += scope["totals"]["pings"]
        assert scope["totals"]["pings"] > 5 and "budget" in scope["next"]["reason"], scope
        assert float(json.loads(daemon.get("/v1/budget"))["spent_today_usd"]) == pytest.approx(spent)
        assert daemon.stop() == 0
    assert counted == bill["requests"]
    stats = subprocess.run(
        [WARMER, "stats", "--ledger", tmp_path / "shared.sqlite", "--since", "3650d", "--json"], capture_output=True, text=True
    )
    assert stats.returncode == 0, stats
    emulator.stop()


def test_logs_can_be_json(tmp_path, emulator):
    daemon = Daemon(tmp_path, emulator)
    daemon.write("log: json")
    daemon.start()
    daemon.until(lambda: (tmp_path / "log").read_text().count("\n") >= 1, "logging")
    assert daemon.stop() == 0
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert lines[0]["level"] == "info" and lines[0]["scope"] == "support" and lines[0]["verdict"] == "rewritten"
    assert "sk-emu" not in str(lines) and "kind" not in str(lines)


def test_doctor_finds_what_is_wrong(daemon):
    (daemon.folder / "warmer.yaml").write_text(
        (daemon.folder / "warmer.yaml").read_text().replace("127.0.0.1:0", daemon.url.removeprefix("http://"))
    )

    def doctor(**environment):
        return subprocess.run(
            [WARMER, "doctor"], cwd=daemon.folder, env={**daemon.environment, **environment}, capture_output=True,
            text=True, timeout=60,
        )

    well = doctor()
    assert well.returncode == 0 and "BAD" not in well.stdout, well
    assert f"a daemon answers at {daemon.url}" in well.stdout and "takes the key" in well.stdout
    assert "WARMER_WARMING=off" in doctor(WARMER_WARMING="off").stdout
    missing = doctor(ANTHROPIC_API_KEY="")
    assert missing.returncode == 1 and "ANTHROPIC_API_KEY is not set" in missing.stdout
    token = daemon.folder / "state/control.token"
    token.chmod(0o644)
    assert "others may read it" in doctor().stdout
    token.chmod(0o600)
    daemon.write()
    (daemon.folder / "warmer.yaml").write_text(
        (daemon.folder / "warmer.yaml").read_text().replace(daemon.emulator.url, "http://127.0.0.1:9")
    )
    unreachable = doctor()
    assert unreachable.returncode == 1 and "http://127.0.0.1:9 cannot be reached" in unreachable.stdout


def findings(daemon, *arguments):
    done = subprocess.run(
        [WARMER, "doctor", "--json", *arguments], cwd=daemon.folder, env=daemon.environment, capture_output=True, text=True,
        timeout=60,
    )
    report = json.loads(done.stdout)["findings"]
    assert done.returncode == (1 if any(finding["level"] == "bad" for finding in report) else 0)
    return {finding["subject"]: (finding["level"], finding["text"]) for finding in report}


def test_doctor_looks_at_a_file_that_is_the_store(tmp_path, emulator):
    daemon = Daemon(tmp_path, emulator)
    ledger = tmp_path / "warmer.sqlite"
    level, text = findings(daemon)["store"]
    assert level == "good" and text.endswith("warmer.sqlite: is made at the start") and not ledger.exists()
    daemon.start()
    found = findings(daemon)
    assert found["store"][0] == "good" and "can be written, schema " in found["store"][1]
    assert "MB are free" in found["disk"][1]
    daemon.stop()
    for path in tmp_path.glob("warmer.sqlite*"):
        path.unlink()
    ledger.write_text("Dear diary, " * 1000)
    level, text = findings(daemon)["store"]
    assert level == "bad" and "is no ledger; name another file" in text
    daemon.write(more="store: { sqlite: nowhere/warmer.sqlite }")
    assert "see that its folder is there" in findings(daemon)["store"][1]
    daemon.write(more="store: off")
    assert findings(daemon)["store"][0] == "warning"


def test_doctor_looks_at_a_database_that_is_the_store(tmp_path, emulator, postgres):
    daemon = Daemon(tmp_path, emulator)
    daemon.write(more=f"store: {{ postgres: '{postgres.url}' }}")
    found = findings(daemon)
    assert found["store"][0] == "good" and "its tables are made at the start" in found["store"][1]
    assert re.search(r"PostgreSQL \d+.* through libpq \d+", found["store"][1])
    assert found["store's clock"][0] == "good"
    postgres.run("CREATE ROLE guest LOGIN")
    daemon.write(more=f"store: {{ postgres: '{postgres.url.replace('postgres@', 'guest@')}' }}")
    assert "grant CREATE on the database" in findings(daemon)["store"][1]
    daemon.write(more=f"store: {{ postgres: '{postgres.url}' }}")
    daemon.start()
    daemon.stop()
    assert re.search(r"schema \d+$", findings(daemon)["store"][1])
    postgres.run(
        "GRANT USAGE ON SCHEMA prompt_cache_warmer TO guest;"
        "GRANT SELECT ON ALL TABLES IN SCHEMA prompt_cache_warmer TO guest"
    )
    daemon.write(more=f"store: {{ postgres: '{postgres.url.replace('postgres@', 'guest@')}' }}")
    level, text = findings(daemon)["store"]
    assert level == "bad" and "event" in text and "grant SELECT, INSERT, UPDATE and DELETE" in text
    daemon.write(more=f"store: {{ postgres: '{postgres.url}x' }}")
    level, text = findings(daemon)["store"]
    assert level == "bad" and "does not exist; create it, or correct the URL" in text
    postgres.run("UPDATE prompt_cache_warmer.schema_version SET version = 99")
    daemon.write(more=f"store: {{ postgres: '{postgres.url}' }}")
    assert "was written by a newer version" in findings(daemon)["store"][1]
    postgres.stop()
    level, text = findings(daemon)["store"]
    assert level == "bad" and "cannot be reached" in text


def test_doctor_looks_at_the_profile(tmp_path, emulator):
    daemon = Daemon(tmp_path, emulator)
    assert "`warmer probe` measures them" in findings(daemon)["profile"][1]
    profile = tmp_path / "warmer-profile.json"

    def write(**more):
        cache = {"endpoint": emulator.url, "model": request()["model"], **more}
        profile.write_text(json.dumps({"caches": [cache]}))

    write(measured_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    level, text = findings(daemon, "--profile", str(profile))["profile"]
    assert level == "good" and text == f"{request()['model']} at {emulator.url} was measured today"
    daemon.write(more="profile: warmer-profile.json")
    assert findings(daemon)["profile"][0] == "good"
    write(measured_at="2020-01-05T00:00:00Z")
    level, text = findings(daemon)["profile"]
    assert level == "warning" and "days ago; `warmer probe` tells whether that still holds" in text
    write()
    assert "does not say when" in findings(daemon)["profile"][1]
    write(endpoint="https://elsewhere.example")
    level, text = findings(daemon)["profile"]
    assert level == "warning" and f"has nothing of {request()['model']} at {emulator.url}" in text
    profile.write_text("{}")
    assert "caches: must be a list" in findings(daemon)["configuration"][1]
    daemon.write()
    for path, words in [(profile, "`warmer probe` write it anew"), (tmp_path / "none", "have `warmer probe` write it")]:
        level, text = findings(daemon, "--profile", str(path))["profile"]
        assert level == "bad" and words in text


def test_top_is_one_picture_in_a_pipe(daemon):
    daemon.until(lambda: '"state":"warm"' in daemon.get("/v1/scopes"), "warming")
    done = daemon.command("top")
    assert done.returncode == 0 and "█" in done.stdout and "\x1b" not in done.stdout


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_top_leaves_the_terminal_as_it_was(daemon, how):
    master, slave = pty.openpty()
    top = subprocess.Popen(
        [WARMER, "top", "--every", "0.2", "--control", daemon.url], stdin=slave, stdout=slave, stderr=slave,
        env={**daemon.environment, "TERM": "xterm"},
    )
    os.close(slave)
    seen = b""

    def read_until(words):
        nonlocal seen
        end = time.monotonic() + 30
        while words not in seen:
            assert time.monotonic() < end, seen
            if select.select([master], [], [], 1)[0]:
                try:
                    seen += os.read(master, 65536)
                except OSError:  # The other end is closed.
                    return

    read_until(b"support")
    assert seen.startswith(b"\x1b[?1049h\x1b[?25l")
    subprocess.run(["stty", "-F", f"/proc/{top.pid}/fd/1", "rows", "5", "cols", "30"], check=True)
    seen = b""
    read_until(b"\x1b[J")
    first = seen.index(b"\x1b[J")
    while seen.count(b"\x1b[J") < 3:
        seen += os.read(master, 65536)
    picture = seen[first:].split(b"\x1b[J")[1]
    assert picture.count(b"\n") < 5
    top.send_signal(how)
    read_until(b"\x1b[?25h\x1b[?1049l")
    assert top.wait(timeout=30) == 0
    os.close(master)


def test_a_second_daemon_on_the_same_address_says_so_and_spends_nothing(daemon):
    daemon.until(lambda: daemon.pings() == 1, "the first ping")
    text = (daemon.folder / "warmer.yaml").read_text().replace("127.0.0.1:0", daemon.url.removeprefix("http://"))
    (daemon.folder / "second.yaml").write_text(text)
    done = subprocess.run(
        [WARMER, "run", "--config", "second.yaml"], cwd=daemon.folder, env=daemon.environment, capture_output=True,
        text=True, timeout=60,
    )
    assert done.returncode == 1 and "stop what listens there, or choose another port" in done.stderr, done
    assert daemon.pings() == 1
