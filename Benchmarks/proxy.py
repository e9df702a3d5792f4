"""What the proxy costs, beside nginx and LiteLLM: python3 Benchmarks/proxy.py (root or a /usr/bin/nginx and wrk in place).

Everything that is compared is measured in one run, in turn, and ratios are taken pair by pair; the median of the pairs is
printed. Each proxy has processor 1 to itself, the load and the upstream share processor 0; latencies are also measured with
everything on one processor, where what a proxy does beside its relaying delays everybody.
WARMER names a release build of the command (that of `make dist` unless told), LITELLM a `litellm` with its proxy (left out
if there is none).
"""

import atexit
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WARMER = os.environ.get("WARMER", f"{ROOT}/.build/static/release/warmer")
BENCH = f"{ROOT}/Benchmarks/.build/release/ProxyBenchmark"
LITELLM = os.environ.get("LITELLM", "")
ROUNDS = int(os.environ.get("ROUNDS", "7"))
SECONDS = int(os.environ.get("SECONDS_EACH", "3"))

NGINX = """
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log {folder}/access.log;
    upstream provider {{ server 127.0.0.1:{upstream}; keepalive 64; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        client_max_body_size 40m;
        location / {{
            proxy_pass http://provider;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
            proxy_request_buffering off;
        }}
    }}
}}
"""


class Server:
    """A process that listens, with what it has used of the processor."""

    def __init__(self, name, core, command, folder, port=None, children=False):
        self.name = name
        self.children = children
        self.log = open(f"{folder}/{name}.log", "w+")
        self.process = subprocess.Popen(
            ["taskset", "-c", core, *command], stdout=subprocess.PIPE, stderr=self.log, text=True)
        # Whatever goes wrong here, nothing is left running.
        atexit.register(self.process.terminate)
        self.url = f"http://127.0.0.1:{port}" if port else self.process.stdout.readline().split()[-1]
        self.await_port(int(self.url.rsplit(":", 1)[1]))

    def await_port(self, port):
        import socket

        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        self.log.seek(0)
        sys.exit(f"{self.name} does not listen: {self.log.read()[-2000:]}")

    @property
    def pids(self):
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children") as children:
            return [pid] + ([int(child) for child in children.read().split()] if self.children else [])

    def cpu(self):
        """Seconds of processor time so far, to the nanosecond."""
        total = 0
        for pid in self.pids:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/schedstat") as stat:
                    total += int(stat.read().split()[0])
        return total / 1e9

    def memory(self, field="VmHWM"):
        """MB at the most, or now with VmRSS."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(field + r":\s+(\d+) kB", status.read())[1]) / 1000

    def pin(self, core):
        for pid in self.pids:
            subprocess.run(["taskset", "-a", "-p", "-c", core, str(pid)], check=True, stdout=subprocess.DEVNULL)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def load(url, size, kind, connections, core="0", seconds=SECONDS):
    """Requests a second, requests, and the median latency in µs."""
    command = ["taskset", "-c", core, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency",
               "-s", f"{ROOT}/Benchmarks/proxy_load.lua", url, "--", str(size), kind]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        print(f"  {url}: " + " ".join(re.findall(r".*(?:Non-2xx|Socket errors).*", out)), file=sys.stderr)
    number, unit = re.search(r"50%\s+([\d.]+)(us|ms|s)\b", out).groups()
    latency = float(number) * {"us": 1, "ms": 1e3, "s": 1e6}[unit]
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]), int(re.search(r"(\d+) requests in", out)[1]), latency


def throughput(title, servers, size, kind):
    """Throughput and processor time, the second server over the first."""
    pairs = []
    for server in servers:
        load(server.url, size, kind, 16, seconds=1)
    for _ in range(ROUNDS):
        pair = []
        for server in servers:
            before = server.cpu()
            rate, count, _ = load(server.url, size, kind, 16)
            # What is still being looked at belongs to these requests.
            time.sleep(0.3)
            pair.append((rate, (server.cpu() - before) / count * 1e6))
        pairs.append(pair)
    median = statistics.median
    report = {
        "throughput": round(median(ours[0] / theirs[0] for theirs, ours in pairs), 2),
        "cpu": round(median(ours[1] / theirs[1] for theirs, ours in pairs), 2),
        "rates": [round(median(pair[index][0] for pair in pairs)) for index in (0, 1)],
        "cpu_us": [round(median(pair[index][1] for pair in pairs), 1) for index in (0, 1)],
    }
    print(f"{title:24} throughput {report['throughput']:.2f}  cpu {report['cpu']:.2f}  "
          f"({servers[1].name} {report['rates'][1]}/s {report['cpu_us'][1]} µs, "
          f"{servers[0].name} {report['rates'][0]}/s {report['cpu_us'][0]} µs)", flush=True)
    return report


def latency(direct, nginx, warmer, size, where):
    """What each adds to the median at one connection."""
    rounds = [[load(url, size, "fresh", 1)[2] for url in (direct, nginx.url, warmer.url)] for _ in range(ROUNDS)]
    median = statistics.median
    added = [median(times[index] - times[0] for times in rounds) for index in (1, 2)]
    ratio = median((ours - none) / max(1, theirs - none) for none, theirs, ours in rounds)
    print(f"{size // 1000:4} kB, {where:16} added latency {ratio:.2f}  (warmer {added[1]:.0f} µs, nginx {added[0]:.0f} µs, "
          f"direct {median(times[0] for times in rounds):.0f} µs)", flush=True)
    return {"added_latency": round(ratio, 2), "added_us": [round(value) for value in added]}


def bench(*arguments):
    return subprocess.run([BENCH, *arguments], capture_output=True, text=True, check=True).stdout


def first_event(direct, url):
    rounds = [(int(bench("first-event", direct, "200")), int(bench("first-event", url, "200"))) for _ in range(ROUNDS)]
    delay = statistics.median(through - without for without, through in rounds)
    print(f"first event              {delay / 1000:.3f} ms later than direct at the median", flush=True)
    return {"delay_ms": delay / 1000}


def streams(warmer, count):
    """Memory with so many streams under way."""
    before = warmer.memory("VmRSS")
    job = subprocess.Popen([BENCH, "streams", warmer.url, str(count)], stdout=subprocess.PIPE, text=True)
    assert job.stdout.readline() == "all have begun\n"
    during = warmer.memory("VmRSS")
    assert job.stdout.readline() == "all have ended\n" and job.wait() == 0
    most = warmer.memory()
    print(f"{count} streams             {most:.0f} MB at the most ({during:.0f} with all of them, {before:.0f} before)", flush=True)
    return {"peak_mb": round(most), "during_mb": round(during), "before_mb": round(before)}


def cold(folder, gate):
    emulator = Server("emulator", "0", [WARMER, "emulate", "--listen", "127.0.0.1:0"], folder)
    proxy = Server("gate", "1", [WARMER, "proxy", "--upstream", emulator.url, "--listen", "127.0.0.1:0"] + ["--gate"] * gate, folder)
    writes, reads = map(int, bench("cold", proxy.url, "50").split())
    proxy.stop()
    emulator.stop()
    print(f"50 cold streams          {writes} writes, {reads} reads {'with' if gate else 'without'} --gate", flush=True)
    return {"writes": writes, "reads": reads}


def litellm(upstream, warmer, folder):
    port = 18765
    environment = {
        "ANTHROPIC_API_BASE": upstream.url, "ANTHROPIC_API_KEY": "sk-emu-bench-1",
        "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true"}
    os.environ.update(environment)
    server = Server("litellm", "1", [LITELLM, "--port", str(port), "--host", "127.0.0.1", "--telemetry", "False"], folder, port)
    url = server.url + "/anthropic"
    pairs = [(load(url, 60000, "fresh", 16)[0], load(warmer.url, 60000, "fresh", 16)[0]) for _ in range(3)]
    server.stop()
    ratio = statistics.median(ours / theirs for theirs, ours in pairs)
    rates = ", ".join(f"{theirs:.0f}/s beside {ours:.0f}/s" for theirs, ours in pairs)
    print(f"LiteLLM pass-through     {ratio:.0f} times slower ({rates})", flush=True)
    return {"times": round(ratio)}


def main():
    with tempfile.TemporaryDirectory() as folder:
        upstream = Server("upstream", "0", [BENCH, "upstream", "0"], folder)
        port = 18764
        with open(f"{folder}/nginx.conf", "w") as file:
            file.write(NGINX.format(folder=folder, upstream=upstream.url.rsplit(":", 1)[1], port=port))
        nginx = Server("nginx", "1", ["nginx", "-c", f"{folder}/nginx.conf", "-p", folder, "-g", "daemon off;"], folder, port, children=True)
        command = [WARMER, "proxy", "--upstream", upstream.url, "--listen", "127.0.0.1:0", *sys.argv[1:]]
        fresh = Server("small", "1", command, folder)
        wanted = os.environ.get("ONLY", "streams 60 1000 growing latency first cold litellm").split()
        report = {}
        if "streams" in wanted:
            report["streams"] = streams(fresh, 1000)
        fresh.stop()
        warmer = Server("warmer", "1", command, folder)
        both = (nginx, warmer)
        if "60" in wanted:
            report["60 kB"] = throughput("60 kB, 16 connections", both, 60_000, "fresh")
        if "1000" in wanted:
            report["1 MB"] = throughput("1 MB, 16 connections", both, 1_000_000, "fresh")
        if "growing" in wanted:
            report["60 kB growing"] = throughput("60 kB, growing", both, 60_000, "growing")
            report["1 MB growing"] = throughput("1 MB, growing", both, 1_000_000, "growing")
        if "litellm" in wanted and LITELLM:
            report["litellm"] = litellm(upstream, warmer, folder)
        sizes = (60_000, 1_000_000) if "latency" in wanted else ()
        for size in sizes:
            report[f"{size // 1000} kB latency"] = latency(upstream.url, nginx, warmer, size, "its own processor")
        for server in (nginx, warmer):
            server.pin("0")
        for size in sizes:
            report[f"{size // 1000} kB latency, one processor"] = latency(upstream.url, nginx, warmer, size, "one processor")
        if "first" in wanted:
            report["first event"] = first_event(upstream.url, warmer.url)
        for server in (warmer, nginx, upstream):
            server.stop()
        if "cold" in wanted:
            report["gate"] = [cold(folder, gate) for gate in (True, False)]
        print(json.dumps(report))


main()
