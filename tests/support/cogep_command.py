"""Run ``cogep`` inside the test's process, on the test's own database."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from cogep_assist.cli.app import run


@dataclass(frozen=True)
class Outcome:
    """How a command ended and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Cogep:
    """The command line of one installation."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Outcome:
        self._capsys.readouterr()
        status = run(list(arguments))
        written = self._capsys.readouterr()
        return Outcome(status, written.out, written.err)
