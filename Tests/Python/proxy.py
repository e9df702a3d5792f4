"""A proxy in front of an emulator, for tests with real clients."""

import os
import signal
import subprocess
import threading

import anthropic


class Proxy:
    """A running `warmer proxy`, its log line by line."""

    def __init__(self, emulator, *arguments):
        command = [os.environ["WARMER"], "proxy", "--upstream", emulator.url, "--listen", "127.0.0.1:0", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        first_line = self.process.stdout.readline()
        assert first_line.startswith("listening on http://"), first_line
        self.url = first_line.split()[-1]
        self.lines = []
        self.reader = threading.Thread(target=lambda: self.lines.extend(self.process.stderr))
        self.reader.start()

    def client(self, workspace="me", **options):
        return anthropic.Anthropic(api_key=f"sk-emu-{workspace}-1", base_url=self.url, **options)

    def stop(self):
        """Ends it; its last line is the bill."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=30) == 0
        self.reader.join()
        self.process.stdout.close()
        return self.lines[-1]
