"""Errors that carry a stable code; their words live in the message catalogue."""

from typing import Any

from cogep_assist.core.messages import message_for, render


class AppError(Exception):
    """Refuse or fail with a stable English code and details that the message may name.

    Details must be JSON values free of personal data: they reach clients, jobs and logs.
    """

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    @property
    def status(self) -> int:
        """HTTP status that the API answers with."""
        return message_for(self.code).status

    @property
    def text(self) -> str:
        """What happened, in Portuguese."""
        return render(message_for(self.code).text, self.details)

    @property
    def remedy(self) -> str:
        """What the reader can do about it, in Portuguese."""
        return render(message_for(self.code).remedy, self.details)

    @property
    def message(self) -> str:
        """What happened and what to do, as one text."""
        return f"{self.text} {self.remedy}".strip()

    @property
    def retryable(self) -> bool:
        """Whether the same act may succeed later without anybody changing anything."""
        return bool(self.details.get("retryable", message_for(self.code).retryable))

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
