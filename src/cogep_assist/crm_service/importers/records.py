"""What a reader hands over, whatever system it read: people, tickets and what was written. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cogep_assist.core.models import CustomerKind, EntryKind


@dataclass(frozen=True, slots=True)
class PastPerson:
    """A customer of the other system, its values as they were typed there.

    ``fields`` are its own fields by name, which the mapping leads somewhere or leaves out.
    """

    key: str
    name: str
    kind: CustomerKind = CustomerKind.PERSON
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PastFile:
    """A file that came with an entry: where it lies, or how it is read; neither where it is lost.

    Read only once it is written: an export may hold more files than memory does.
    """

    name: str
    path: Path | None = None
    load: Callable[[], bytes | None] | None = None


@dataclass(frozen=True, slots=True)
class PastAuthor:
    """Who wrote: a customer by their key, or one of the staff by name and address."""

    customer_key: str | None = None
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class PastLetter:
    """What tells the mail of an entry: a later answer to it goes on in the same ticket.

    ``fingerprint`` is that of ``mail_intake``: the same mail still in the mailbox comes in once.
    """

    fingerprint: bytes
    sender: str
    message_id: str | None
    refers_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastEntry:
    """Something written on a ticket, and when."""

    kind: EntryKind
    author: PastAuthor
    body: str
    is_html: bool
    at: datetime | None
    files: tuple[PastFile, ...] = ()
    # What it said already folded away, where the reader knows.
    folded: str = ""
    letter: PastLetter | None = None


@dataclass(frozen=True, slots=True)
class PastTicket:
    """A ticket with its history. States, priorities and queues are the other system's names."""

    key: str
    number: str
    subject: str
    state: str
    priority: str
    queue: str
    customer_key: str | None
    assignee: PastAuthor | None
    created_at: datetime | None
    updated_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    tags: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    entries: tuple[PastEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """Something in the export that could not be read, and where it stands."""

    place: str
    code: str


class Export(Protocol):
    """An export that was read through once, and can be gone through again in its order."""

    @property
    def broken(self) -> list[BrokenRecord]:
        """What could not be read."""
        ...

    def people(self) -> Iterator[PastPerson]:
        """Give the customers, each once."""
        ...

    def tickets(self) -> Iterator[PastTicket]:
        """Give the tickets, the oldest number first."""
        ...

    def close(self) -> None:
        """Let go of what was kept of it."""
        ...
