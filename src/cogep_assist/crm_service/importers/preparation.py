"""Make tickets ready to be written: words taken out of HTML, files looked at, dates held to reason.

Done before the transaction begins: the child that reads HTML and the disk take their time.
"""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.crm_service.importers.records import PastEntry, PastFile, PastTicket
from cogep_assist.crm_service.tickets.attachment_type import HEAD_BYTES, attachment_type
from cogep_assist.crm_service.tickets.ticket_attachments import WITHOUT_WORDS, AttachedFile
from cogep_assist.crm_service.tickets.ticket_words import MAX_BODY_CHARS, MAX_SUBJECT_CHARS
from cogep_assist.edge.uploads import clean_file_name
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.clean import clean_characters
from cogep_assist.pipeline.parse.limits import ParseLimits
from cogep_assist.pipeline.parse.message_reply import MAX_CHARS, Parted

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
WITHOUT_SUBJECT = "(sem assunto)"
WITHOUT_TEXT = "(sem texto)"
UNREADABLE = "(o texto original não pôde ser lido)"
CUT = "\n[a mensagem continua no sistema anterior]"
# What one question to the child may hold.
ASKED_CHARS = 4_000_000
MAX_NAMED_FILES = 20


@dataclass(slots=True)
class ReadyEntry:
    """An entry whose words and files may be stored."""

    past: PastEntry
    at: datetime
    body: str
    folded: str
    files: list[AttachedFile] = field(default_factory=list)


@dataclass(slots=True)
class ReadyTicket:
    """A ticket that may be stored, or the reasons why not."""

    past: PastTicket
    subject: str
    created_at: datetime
    entries: list[ReadyEntry]
    problems: list[str] = field(default_factory=list)
    refused: bool = False
    files_lost: int = 0


async def prepare(
    tickets: Sequence[PastTicket], parsers: ParserPool, limits: ParseLimits, settings: Settings
) -> list[ReadyTicket]:
    """Return tickets ready to be written, in order."""
    entries = [entry for ticket in tickets for entry in ticket.entries]
    words = iter(await _words(entries, parsers, limits))
    now = datetime.now(UTC)
    made = []
    for ticket in tickets:
        parted = [next(words) for _ in ticket.entries]
        made.append(await asyncio.to_thread(_ready, ticket, parted, settings, now))
    return made


def check_dates(ticket: PastTicket, now: datetime) -> tuple[datetime, list[str]]:
    """Return when a ticket was opened, and what is wrong with that."""
    known = [ticket.created_at, *(entry.at for entry in ticket.entries)]
    created = next((at for at in known if at is not None), None)
    if created is None:
        return now, ["created_at:missing"]
    if created > now + timedelta(days=1):
        return now, ["created_at:date_in_future"]
    if created < EARLIEST:
        return now, ["created_at:date_before_1990"]
    return created, []


def _ready(
    ticket: PastTicket, parted: Sequence[Parted], settings: Settings, now: datetime
) -> ReadyTicket:
    created, problems = check_dates(ticket, now)
    subject = " ".join(clean_characters(ticket.subject).split())[:MAX_SUBJECT_CHARS].strip()
    made = ReadyTicket(ticket, subject or WITHOUT_SUBJECT, created, [], problems, bool(problems))
    if made.refused:
        return made
    at = created
    for entry, (said, folded) in zip(ticket.entries, parted, strict=True):
        # An entry without a moment of its own stays where it stands.
        at = min(max(entry.at or at, EARLIEST), now)
        files, notes, lost = _files(entry.files, settings)
        made.files_lost += lost
        body = _body(said, notes, has_files=bool(entry.files))
        quoted = (entry.folded or folded)[:MAX_CHARS]
        made.entries.append(ReadyEntry(entry, at, body, quoted, files))
    made.entries.sort(key=lambda one: one.at)
    if made.files_lost:
        made.problems.append("files:left_out")
    return made


def _body(said: str, notes: str, *, has_files: bool) -> str:
    text = said.strip() or (WITHOUT_WORDS if has_files else WITHOUT_TEXT)
    room = MAX_BODY_CHARS - len(notes) - len(CUT)
    return (text if len(text) <= room else text[:room] + CUT) + notes


def _files(files: Sequence[PastFile], settings: Settings) -> tuple[list[AttachedFile], str, int]:
    """Return the files that pass the desk's checks, a line for each other, and how many."""
    kept: list[AttachedFile] = []
    notes: list[str] = []
    for file in files:
        name = clean_file_name(file.name)
        content = _content(file, settings.ticket_max_file_bytes)
        try:
            if content is None or len(kept) >= settings.ticket_max_files:
                notes.append(f"\n[anexo que não veio: {name}]")
                continue
            media_type = attachment_type(name, content[:HEAD_BYTES])
        except AppError:
            notes.append(f"\n[anexo recusado: {name}]")
            continue
        kept.append(AttachedFile(name, media_type, hashlib.sha256(content).digest(), content))
    return kept, "".join(notes[:MAX_NAMED_FILES]), len(notes)


def _content(file: PastFile, limit: int) -> bytes | None:
    if file.load is not None:
        loaded = file.load()
        return loaded if loaded is not None and 0 < len(loaded) <= limit else None
    if file.path is None:
        return None
    try:
        with file.path.open("rb") as opened:
            content = opened.read(limit + 1)
    except OSError:
        return None
    return content if 0 < len(content) <= limit else None


async def _words(
    entries: Sequence[PastEntry], parsers: ParserPool, limits: ParseLimits
) -> list[Parted]:
    found: list[Parted] = []
    for group in _groups(entries):
        try:
            asked = [(one.is_html, one.body[:MAX_CHARS]) for one in group]
            found += await parsers.part_messages(asked, limits=limits)
        except AppError:
            # One of them broke the child: each by itself, so that only that one is lost.
            for one in group:
                found.append(await _alone(one, parsers, limits))
    return found


async def _alone(entry: PastEntry, parsers: ParserPool, limits: ParseLimits) -> Parted:
    try:
        asked = [(entry.is_html, entry.body[:MAX_CHARS])]
        return (await parsers.part_messages(asked, limits=limits))[0]
    except AppError:
        return UNREADABLE, ""


def _groups(entries: Sequence[PastEntry]) -> Iterator[list[PastEntry]]:
    group: list[PastEntry] = []
    size = 0
    for entry in entries:
        if group and size + len(entry.body) > ASKED_CHARS:
            yield group
            group, size = [], 0
        group.append(entry)
        size += min(len(entry.body), MAX_CHARS)
    if group:
        yield group
