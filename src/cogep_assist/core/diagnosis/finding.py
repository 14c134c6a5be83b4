"""One answer of `cogep doctor`: what was looked at, how it stands, what to do."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cogep_assist.core.errors import AppError
from cogep_assist.core.messages import message_for, render


class State(enum.StrEnum):
    """How a check ended; only ``ERROR`` makes the command fail."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """A stable code with its details; the words live in the message catalogue."""

    check: str
    state: State
    code: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What was found, in Portuguese."""
        return render(message_for(self.code).text, self.details)

    @property
    def remedy(self) -> str:
        """What to do about it, in Portuguese; empty when nothing is to be done."""
        return render(message_for(self.code).remedy, self.details)

    def as_json(self) -> dict[str, Any]:
        """Return the finding as `cogep doctor --json` prints it."""
        return {
            "check": self.check,
            "state": self.state.value,
            "code": self.code,
            "message": self.text,
            "remedy": self.remedy,
            "details": dict(self.details),
        }


def ok(check: str, code: str, **details: Any) -> Finding:
    """Say that a check is well."""
    return Finding(check, State.OK, code, details)


def warn(check: str, code: str, **details: Any) -> Finding:
    """Say what does not stop the product and yet should be known."""
    return Finding(check, State.WARNING, code, details)


def fail(check: str, code: str, **details: Any) -> Finding:
    """Say what is wrong."""
    return Finding(check, State.ERROR, code, details)


def skip(check: str, code: str, **details: Any) -> Finding:
    """Say why a check was not made."""
    return Finding(check, State.SKIPPED, code, details)


def from_error(check: str, error: AppError) -> Finding:
    """Turn an error that a check met into its finding."""
    return Finding(check, State.ERROR, error.code, error.details)
