"""What a release has in it besides the binary: completions that complete, a unit that systemd takes."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

WARMER = os.environ["WARMER"]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def completions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("completions")
    subprocess.run([ROOT / "scripts/completions", WARMER, folder], check=True)
    return folder


def test_bash_completes_commands_and_options(completions):
    script = f"""
        source {completions}/warmer
        complete_line() {{
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${{#COMP_LINE}}; COMPREPLY=()
            $(complete -p warmer | sed 's/.*-F \\([^ ]*\\).*/\\1/') warmer "${{COMP_WORDS[COMP_CWORD]}}"
            echo "${{COMPREPLY[*]}}"
        }}
        complete_line warmer pro
        complete_line warmer probe --ye
    """
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert done.stdout.splitlines() == ["proxy probe", "--yes"] or done.stdout.splitlines() == ["probe proxy", "--yes"], done


@pytest.mark.parametrize("shell, file", [("bash", "warmer"), ("zsh", "_warmer"), ("fish", "warmer.fish")])
def test_every_shell_can_read_its_completions(completions, shell, file):
    assert "probe" in (completions / file).read_text()
    subprocess.run([shell, "-n", completions / file], check=True)


def test_systemd_accepts_the_unit_and_finds_it_hardened(tmp_path):
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("systemd is not here")
    unit = tmp_path / "prompt-cache-warmer.service"
    text = (ROOT / "packaging/prompt-cache-warmer.service").read_text()
    unit.write_text(text.replace("/usr/bin/warmer", os.path.realpath(WARMER)))
    checked = subprocess.run([analyze, "verify", unit], capture_output=True, text=True)
    assert checked.returncode == 0 and checked.stderr == "", checked
    # 0 is locked away, 10 is open.
    scored = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=20", unit], capture_output=True, text=True
    )
    assert scored.returncode == 0, scored.stdout[-500:]


def test_the_packaged_configuration_is_valid(tmp_path):
    prompt = '{"model": "claude-sonnet-5-5", "system": [{"type": "text", "text": "%s", "cache_control": {"type": "ephemeral"}}]}'
    (tmp_path / "support.json").write_text(prompt % ("Be kind. " * 1000))
    shutil.copy(ROOT / "packaging/warmer.yaml", tmp_path)
    done = subprocess.run(
        [WARMER, "run", "--check"], cwd=tmp_path, env={**os.environ, "ANTHROPIC_API_KEY": "sk-ant-api03-x"},
        capture_output=True, text=True,
    )
    assert done.returncode == 0, done
