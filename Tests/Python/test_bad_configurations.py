"""135 configurations that are wrong in one way each, or in several, with every line that must tell of it."""

import json
import os
import subprocess
from pathlib import Path

import pytest

WARMER = os.environ["WARMER"]
CASES = json.loads((Path(__file__).parent / "bad_configurations.json").read_text())
MARKER = ', "cache_control": {"type": "ephemeral"}'


def block(more="", text="All that is gold does not glitter. " * 120):
    return '{"type": "text", "text": "%s"%s}' % (text, more)


def body(system, model="claude-sonnet-5-5", more=""):
    return '{"model": "%s", %s"system": [%s]}' % (model, more, system)


FILES = {
    "support.json": body(block(MARKER)),
    "broken.json": '{\n  "model": [}\n',
    "array.json": "[]",
    "nomodel.json": '{"system": []}',
    "unmarked.json": body(block()),
    "short.json": body(block(MARKER, "Be brief.")),
    "unpriced.json": body(block(MARKER), "gpt-5"),
    "five.json": body(", ".join([block(MARKER)] * 5)),
    "ttl.json": body(block(', "cache_control": {"type": "ephemeral", "ttl": "2h"}')),
    "twice.json": '{"model": "a", "model": "b"}',
    "thread.json": body(block(MARKER), more='"thread": {"type": "continue"}, '),
    "order.json": body(block(MARKER) + ", " + block(', "cache_control": {"type": "ephemeral", "ttl": "1h"}')),
    "badprofile.json": '{"caches": [{"endpoint": "https://api.anthropic.com", "model": "m", "zero_tokens": "maybe"}]}',
}
KEYS = {"ANTHROPIC_API_KEY": "sk-ant-api03-secret", "EMPTY": "", "BLANK": "a b", "OAUTH": "sk-ant-oat01-x"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_bad_configuration_is_told_line_by_line(folder, number):
    case = CASES[number]
    (folder / "warmer.yaml").write_text(case["yaml"])
    done = subprocess.run(
        [WARMER, "run", "--check"], cwd=folder, env={**os.environ, **KEYS}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.splitlines() == [f"warmer: {fault}" for fault in case["faults"]]
    assert not any(key in done.stderr for key in KEYS.values() if key.startswith("sk-"))
