#!/usr/bin/env python3
"""What the daemon costs with 100,000 scopes, and how soon it serves again after SIGKILL with a ledger of a million rows.

    swift build -c release --product warmer && Benchmarks/daemon-at-scale.py .build/release/warmer

Prints each figure beside its limit; the exit code is 1 if one is over it. A page of the Python standard library's server of
the same size, fetched in turns with the dashboard's, tells how fast this machine is just now.
"""

import argparse
import http.server
import json
import os
import signal
import sqlite3
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

arguments = argparse.ArgumentParser()
arguments.add_argument("warmer")
arguments.add_argument("--scopes", type=int, default=100_000)
arguments.add_argument("--rows", type=int, default=1_000_000)
arguments.add_argument("--seconds", type=float, default=30)
options = arguments.parse_args()
options.warmer = os.path.abspath(options.warmer)
over = []


def tell(what, value, limit, unit):
    print(f"{what:<58} {value:>9.2f} {unit:<4} limit {limit:g}", flush=True)
    if value > limit:
        over.append(what)


class Emulator:
    def __init__(self):
        self.process = subprocess.Popen(
            [options.warmer, "emulate", "--listen", "127.0.0.1:0", "--fast"], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]


class Daemon:
    def __init__(self, folder, emulator, scopes):
        self.folder = folder
        prompt = {
            "model": "claude-sonnet-5-5",
            "system": [{"type": "text", "text": "Be kind. " * 1000, "cache_control": {"type": "ephemeral"}}],
        }
        (folder / "prompt.json").write_text(json.dumps(prompt))
        lines = [f"  - {{ name: scope-{n:06}, request: prompt.json, policy: 'idle:2@5m' }}" for n in range(scopes)]
        (folder / "warmer.yaml").write_text(
            f"upstreams: {{ e: {{ url: {emulator.url}, api_key: {{ env: ANTHROPIC_API_KEY }} }} }}\n"
            "budget: { per_day: 100 }\ndashboard: { listen: 127.0.0.1:0 }\nscopes:\n" + "\n".join(lines) + "\n")

    def start(self):
        environment = {**os.environ, "ANTHROPIC_API_KEY": "sk-emu-me-1", "WARMER_STATE": str(self.folder / "state")}
        self.process = subprocess.Popen(
            [options.warmer, "run", "--log-level", "error"], cwd=self.folder, env=environment, stdout=subprocess.PIPE,
            text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def get(self, path, accept="*/*"):
        request = urllib.request.Request(self.url + path, headers={"accept": accept})
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.read()

    def cpu(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def share_over(self, seconds):
        """The share of one core that it takes, in percent."""
        before, start = self.cpu(), time.monotonic()
        time.sleep(seconds)
        return (self.cpu() - before) / (time.monotonic() - start) * 100

    def memory(self):
        return int(Path(f"/proc/{self.process.pid}/status").read_text().split("VmRSS:")[1].split()[0]) / 1024

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait()


def plain_server(page):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def milliseconds(fetch):
    start = time.monotonic()
    fetch()
    return (time.monotonic() - start) * 1000


def scale(emulator):
    with tempfile.TemporaryDirectory() as name:
        daemon = Daemon(Path(name), emulator, options.scopes)
        start = time.monotonic()
        daemon.start()
        print(f"{options.scopes} scopes: read and started in {time.monotonic() - start:.1f} s, {daemon.memory():.0f} MB")
        first = milliseconds(lambda: daemon.get("/", "text/html"))
        page = daemon.get("/", "text/html")
        plain = plain_server(page)
        ours, theirs = [], []
        for _ in range(20):
            ours.append(milliseconds(lambda: daemon.get("/", "text/html")))
            theirs.append(milliseconds(lambda: urllib.request.urlopen(plain).read()))
        tell("first page, the very first time", first, 300, "ms")
        tell("first page, median of 20", statistics.median(ours), 300, "ms")
        print(f"{'  a plain file of that size from Python, median of 20':<58} {statistics.median(theirs):>9.2f} ms")
        tell("size of the first page", len(page) / 1000, 200, "kB")
        tell("idle, share of a core", daemon.share_over(options.seconds), 1, "%")

        stream = urllib.request.urlopen(daemon.url + "/live?page=now", timeout=60)
        updates = []

        def listen():
            try:
                updates.extend(1 for line in stream if line.startswith(b"event"))
            except (AttributeError, OSError, ValueError):
                pass  # The stream was closed below.

        threading.Thread(target=listen, daemon=True).start()
        stop = threading.Event()

        def arrivals():
            count = 0
            while not stop.wait(0.1):
                request = urllib.request.Request(
                    f"{daemon.url}/v1/scopes/scope-{count % options.scopes:06}/arrivals", method="POST")
                urllib.request.urlopen(request, timeout=60).read()
                count += 1

        thread = threading.Thread(target=arrivals)
        thread.start()
        busy = daemon.share_over(options.seconds)
        stream.close()
        time.sleep(2)
        without = daemon.share_over(options.seconds)
        stop.set()
        thread.join()
        tell("live updates, share of a core", max(0, busy - without), 2, "%")
        print(f"  {len(updates)} updates; 10 arrivals a second take {without:.2f} % by themselves")
        daemon.stop()


def restart(emulator):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        daemon = Daemon(folder, emulator, 100)
        daemon.start()
        urllib.request.urlopen(
            urllib.request.Request(f"{daemon.url}/v1/scopes/scope-000000/arrivals", method="POST")).read()
        ledger = folder / "warmer.sqlite"
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with sqlite3.connect(ledger) as db:
                if db.execute("SELECT count(*) FROM event").fetchone()[0]:
                    break
            time.sleep(0.1)
        fill(ledger)
        daemon.stop(signal.SIGKILL)
        times = []
        for _ in range(5):
            killed = time.monotonic()
            daemon.start()
            while True:
                try:
                    daemon.get("/ready")
                    break
                except OSError:
                    time.sleep(0.005)
            times.append(time.monotonic() - killed)
            daemon.stop(signal.SIGKILL)
        tell(f"serving again after SIGKILL, {options.rows} rows, worst of 5", max(times), 1, "s")


def fill(ledger):
    """Copies the first row over the last 30 days."""
    with sqlite3.connect(ledger) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(event)") if row[1] != "id"]
        values = ", ".join(f"at - n * {30 * 86_400_000_000_000 // options.rows}" if c == "at" else c for c in columns)
        db.execute(
            f"WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {options.rows}) "
            f"INSERT INTO event ({', '.join(columns)}) SELECT {values} FROM number, (SELECT * FROM event LIMIT 1)")


emulator = Emulator()
try:
    scale(emulator)
    restart(emulator)
finally:
    emulator.process.terminate()
for what in over:
    print(f"over its limit: {what}")
raise SystemExit(1 if over else 0)
