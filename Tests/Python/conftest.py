"""An emulator of its own for each test, and clients of the official SDK pointed at it."""

import json
import os
import subprocess
import urllib.request

import anthropic
import pytest


class Emulator:
    """A running `warmer emulate`."""

    def __init__(self, *arguments):
        command = [os.environ["WARMER"], "emulate", "--listen", "127.0.0.1:0", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        first_line = self.process.stdout.readline()
        assert first_line.startswith("listening on http://"), first_line
        self.url = first_line.split()[-1]

    def stop(self):
        self.process.terminate()
        assert self.process.wait(timeout=20) == 0
        self.process.stdout.close()

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=60) as response:
            return json.load(response)

    def post(self, path, value):
        request = urllib.request.Request(
            self.url + path, json.dumps(value).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)

    def advance(self, seconds):
        return self.post("/emulator/clock", {"advance_seconds": seconds})["now_seconds"]

    def bill(self, workspace="me"):
        return self.get("/emulator/bill")["workspaces"][workspace]

    def client(self, workspace="me", **options):
        return anthropic.Anthropic(api_key=f"sk-emu-{workspace}-1", base_url=self.url, **options)


@pytest.fixture
def emulator():
    emulator = Emulator("--fast")
    yield emulator
    emulator.stop()


@pytest.fixture
def client(emulator):
    return emulator.client(max_retries=0)
