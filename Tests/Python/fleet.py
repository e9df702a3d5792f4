"""Real daemons with their proxies on one real PostgreSQL, before one emulator, on its stepped time."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from conftest import Emulator

WARMER = os.environ["WARMER"]
KEY = "sk-emu-fleet-1"


class Postgres:
    """A PostgreSQL of the test's own on loopback, which ends with the test's process. It trusts everybody."""

    def __init__(self):
        installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        found = installed[-1] / "initdb" if installed else shutil.which("initdb")
        assert found, "PostgreSQL is not installed, and these tests need it: run scripts/setup as root"
        self.programs = Path(found).parent
        self.folder = Path(tempfile.mkdtemp(prefix="fleet-postgres-"))
        # It refuses to run as root.
        self.user = ["setpriv", "--pdeathsig=INT"]
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
            self.user += ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            [*self.user, self.programs / "initdb", f"--pgdata={self.folder}/data", *options], check=True,
            stdout=subprocess.DEVNULL, cwd="/",
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()

    def start(self):
        settings = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "", "fsync": "off",
            "max_connections": 200,
        }
        command = [*self.user, self.programs / "postgres", "-D", self.folder / "data"]
        command += [f"-c{name}={value}" for name, value in settings.items()]
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
        ready = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready).returncode:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.05)

    def stop(self, crashes=False):
        self.process.send_signal(signal.SIGQUIT if crashes else signal.SIGINT)
        self.process.wait(timeout=30)

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder)

    def url(self, database, user="postgres"):
        return f"postgres://{user}@127.0.0.1:{self.port}/{database}"

    def run(self, sql, database="postgres"):
        command = [self.programs / "psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", sql, self.url(database)]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    def cut_off(self, user):
        """Nobody gets in as this user any more, and who is in is thrown out."""
        self.run(f"ALTER ROLE {user} NOLOGIN")
        self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{user}'")

    def let_in(self, user):
        self.run(f"ALTER ROLE {user} LOGIN")


class Replica:
    """A running `warmer run` with a proxy, on the emulator's time."""

    def __init__(self, folder, emulator, database):
        environment = {
            **os.environ, "ANTHROPIC_API_KEY": KEY, "WARMER_DATABASE": database, "WARMER_STATE": str(folder / "state"),
        }
        self.emulator = emulator
        self.log = folder / "log"
        command = [WARMER, "run", "--config", folder / "warmer.yaml", "--clock", emulator.url]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        lines = [self.process.stdout.readline().split() for _ in range(2)]
        assert all(lines), self.log.read_text()
        self.urls = {line[0]: line[-1] for line in lines}

    def kept(self):
        """What is warm and will be pinged again, by the tokens up to the last breakpoint."""
        scopes = self.get("/v1/scopes")["scopes"]
        usages = [
            scope["last_usage"] for scope in scopes
            if scope["life_left_seconds"] > 0 and scope["next"]["is_ping"] and scope["last_usage"]
        ]
        return {usage["read"] + usage["write_5m"] + usage["write_1h"] for usage in usages}

    def has_store(self):
        # What cannot be asked counts as the most that there is.
        return float(self.get("/v1/budget")["spent_today_usd"]) < 1e6

    def get(self, path):
        with urllib.request.urlopen(self.urls["dashboard"] + path, timeout=60) as response:
            return json.load(response)

    def arrived(self, scope, usage, seconds_ago):
        send(f"{self.urls['dashboard']}/v1/scopes/{scope}/arrivals", {"usage": usage, "seconds_ago": seconds_ago})

    def kill(self):
        """At once, and nobody waits for it any more."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        request = urllib.request.Request(
            f"{self.emulator.url}/emulator/clock/participants/warmer-{self.process.pid}", method="DELETE")
        urllib.request.urlopen(request, timeout=60).close()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=60) == 0, self.log.read_text()
        self.process.stdout.close()


def send(url, value, **headers):
    """The answer and its headers."""
    headers = {"content-type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
    request = urllib.request.Request(url, json.dumps(value).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response), response.headers


class House:
    """A fleet, its users' requests, and what they came to."""

    def __init__(self, folder, postgres, count, configuration):
        self.folder, self.postgres = folder, postgres
        self.emulator = Emulator("--stepped", "--seed", "5")
        self.database = f"fleet{postgres.run('SELECT count(*) FROM pg_database').strip()}"
        postgres.run(f"CREATE DATABASE {self.database}")
        self.now = 0.0
        self.usages = []
        self.own = set()
        self.replicas = []
        for number in range(count):
            place = folder / str(number)
            place.mkdir()
            (place / "warmer.yaml").write_text(configuration(self.emulator.url))
            postgres.run(
                f"DO $$ BEGIN CREATE ROLE {self.user(number)} LOGIN SUPERUSER; "
                "EXCEPTION WHEN duplicate_object THEN NULL; END $$")
            self.replicas.append(self.replica(number))
        self.advance(0)

    def user(self, number):
        return f"replica{number}"

    def replica(self, number):
        return Replica(
            self.folder / str(number), self.emulator, self.postgres.url(self.database, self.user(number)))

    def advance(self, until):
        self.now = self.emulator.advance(max(0.0, until - self.now))

    def ask(self, body, number, scope=None, off=False):
        """A user's request by way of a replica, which must succeed; of a scope of the configuration, if one is named.

        Returns its usage."""
        replica = self.replicas[number % len(self.replicas)]
        hint = {"x_prompt_cache_warmer": "off"} if off else {}
        start = self.emulator.get("/emulator/clock")["now_seconds"]
        answer, headers = send(
            replica.urls["proxy"] + "/v1/messages", body, x_api_key=KEY, anthropic_version="2023-06-01", **hint)
        self.now = self.emulator.get("/emulator/clock")["now_seconds"]
        usage = answer["usage"]
        self.usages.append(usage)
        self.own.add(headers["request-id"])
        if scope:
            replica.arrived(scope, usage, round(self.now - start, 6))
        return usage

    def await_store(self, but=()):
        """In real time, until every replica has its store again."""
        waiting = [replica for number, replica in enumerate(self.replicas) if number not in but]
        last = time.monotonic() + 60
        while not all(replica.has_store() for replica in waiting):
            assert time.monotonic() < last, "the store was not found again"
            time.sleep(0.05)

    def pings(self):
        """Every ping that the emulator has answered."""
        requests = self.emulator.get("/emulator/requests")
        return [one for one in requests if one["id"] not in self.own and one["status"] == 200]

    def spent_by_day(self):
        """In picodollars, with what is reserved."""
        return self.postgres.run(
            "SELECT sum(amount) FROM prompt_cache_warmer.spent WHERE scope = '' GROUP BY quarter / 96", self.database
        ).split()

    def ledger(self):
        command = [WARMER, "ledger", "info", "--json", "--ledger", self.postgres.url(self.database)]
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout)

    def stop(self):
        for replica in self.replicas:
            replica.stop()

    def end(self):
        """Whatever has become of it."""
        for replica in self.replicas:
            if replica.process.poll() is None:
                replica.kill()
        self.emulator.stop()
