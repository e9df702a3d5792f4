"""A PostgreSQL of the tests' own, on loopback, gone afterwards."""

import glob
import os
import shutil
import socket
import subprocess
import tempfile
import time


class Postgres:
    """A running server that trusts everybody on this machine."""

    def __init__(self):
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))[-1]
        # The server refuses to run as root.
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        self.folder = tempfile.mkdtemp(prefix="postgres-", dir="/tmp")
        if user:
            shutil.chown(self.folder, "postgres")
        made = [f"{programs}/initdb", "-D", f"{self.folder}/data", "--auth=trust", "-U", "postgres", "--no-sync"]
        subprocess.run(user + made, cwd="/", check=True, stdout=subprocess.DEVNULL)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        settings = ["listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=", "fsync=off"]
        serving = [f"{programs}/postgres", "-D", f"{self.folder}/data"] + [part for s in settings for part in ("-c", s)]
        self.process = subprocess.Popen(user + serving, cwd="/", stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while subprocess.run([f"{programs}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode:
            assert time.monotonic() < end and self.process.poll() is None, "PostgreSQL does not start"
            time.sleep(0.05)
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def run(self, sql):
        subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-c", sql, self.url], check=True)

    def stop(self):
        if self.process.poll() is not None:
            return
        # At once, whoever is connected.
        self.process.send_signal(2)
        self.process.wait(timeout=30)
        shutil.rmtree(self.folder, ignore_errors=True)
