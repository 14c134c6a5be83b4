"""A shell completes commands with Tab, and a full disk behind the output is told."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cogep_assist.cli.app import COMMANDS, COMPLETE_VARIABLE

COGEP = (sys.executable, "-m", "cogep_assist")
ASKED = {
    "bash": {"COMP_WORDS": "cogep ", "COMP_CWORD": "1"},
    "zsh": {"_TYPER_COMPLETE_ARGS": "cogep "},
    "fish": {"_TYPER_COMPLETE_ARGS": "cogep ", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
}


def cogep(*arguments: str, **beside: str) -> subprocess.CompletedProcess[str]:
    told = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"} | beside
    return subprocess.run(
        [*COGEP, *arguments], env=told, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.slow
@pytest.mark.parametrize("shell", ASKED)
def test_a_shell_is_given_what_it_asks_with_and_is_answered(shell: str) -> None:
    script = cogep("completion", shell)
    assert script.returncode == 0
    assert f"{COMPLETE_VARIABLE}=complete_{shell}" in script.stdout
    answered = cogep(**ASKED[shell], **{COMPLETE_VARIABLE: f"complete_{shell}"})
    assert all(name in answered.stdout for name in COMMANDS)


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_with_the_script() -> None:
    script = cogep("completion", "bash").stdout
    asked = (
        f"{script}\ncogep() {{ '{sys.executable}' -m cogep_assist \"$@\"; }}\n"
        "COMP_WORDS=(cogep jobs pri); COMP_CWORD=2; complete -p cogep"
    )
    told = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=True)
    assert "_cogep_completion" in told.stdout
    second = cogep(COMP_WORDS="cogep jobs pri", COMP_CWORD="2", _COGEP_COMPLETE="complete_bash")
    assert second.stdout.split() == ["prioritise"]


def test_another_shell_is_refused_by_name() -> None:
    refused = cogep("completion", "csh")
    assert refused.returncode == 2
    assert "bash, zsh, fish" in refused.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
def test_a_full_disk_behind_the_output_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        told = subprocess.run(
            [*COGEP, "--version"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert told.returncode == 1
    assert "pasta de destino está cheio" in told.stderr
