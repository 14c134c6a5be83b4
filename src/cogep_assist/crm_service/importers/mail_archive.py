"""Archives of mail: letters joined to conversations by their ids, each conversation a ticket."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cogep_assist.core.brazil.email_address import normalize_email
from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import EntryKind
from cogep_assist.crm_service.importers.mail_box import messages_of
from cogep_assist.crm_service.importers.past_values import short
from cogep_assist.crm_service.importers.records import (
    BrokenRecord,
    PastAuthor,
    PastEntry,
    PastFile,
    PastLetter,
    PastPerson,
    PastTicket,
)
from cogep_assist.crm_service.importers.staging import Staging
from cogep_assist.crm_service.mail.mail_machines import Writer, writer_of
from cogep_assist.crm_service.mail.mail_settle import fingerprint_of
from cogep_assist.crm_service.mail.mail_ticket import Letter
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.limits import ParseLimits
from cogep_assist.pipeline.parse.mail_reply import ParsedMail

STATE, PRIORITY = "closed", "normal"
_NEVER = datetime.max.replace(tzinfo=UTC)
Tell = Callable[[int], None]


class MailArchive:
    """Letters that were read in the limited child, by conversation.

    Who writes from one of ``own`` addresses replies; everybody else asks. The customer of a
    conversation is the first who asks.
    """

    def __init__(self, zone: ZoneInfo, own: set[str]) -> None:
        self._zone = zone
        self._own = own
        self._staging = Staging()
        self._threads = _Threads()
        self._seen: set[bytes] = set()

    @property
    def broken(self) -> list[BrokenRecord]:
        """What could not be read, and what machines wrote."""
        return self._staging.broken

    def add(self, place: str, mail: ParsedMail) -> None:
        """Take a letter in; one that came before, or that a machine wrote, is passed over."""
        sender = normalize_email(mail.sender[0][1]) if mail.sender else None
        fingerprint = fingerprint_of(mail, sender)
        if sender is None:
            self._staging.note_broken(place, "no_sender")
        elif writer_of(mail) in {Writer.AUTO_REPLY, Writer.BOUNCE}:
            self._staging.note_broken(place, "written_by_machine")
        elif fingerprint in self._seen:
            self._staging.note_broken(place, "repeated_in_file")
        else:
            self._seen.add(fingerprint)
            self._keep(mail, sender, fingerprint, len(self._seen))

    def _keep(self, mail: ParsedMail, sender: str, fingerprint: bytes, number: int) -> None:
        refers_to = list(dict.fromkeys([*mail.in_reply_to, *mail.references]))
        own_id = [mail.message_id] if mail.message_id else []
        self._threads.join(number, [*own_id, *refers_to])
        letter = {
            "number": number,
            "fingerprint": fingerprint.hex(),
            "message_id": mail.message_id,
            "refers_to": refers_to,
            "sender": sender,
            "name": mail.sender[0][0],
            "subject": Letter(mail, sender, True).subject,
            "date": mail.date,
            "said": mail.said,
            "folded": mail.folded,
        }
        self._staging.put("letter", number, letter)
        for order, file in enumerate(mail.files):
            key = f"{number}-{order:03d}"
            about = {"key": key, "name": file.name}
            self._staging.put("file", key, about, parent=number, content=file.content)

    def note_broken(self, place: str, code: str) -> None:
        """Remember a letter that could not be read."""
        self._staging.note_broken(place, code)

    def close(self) -> None:
        """Let go of what was read."""
        self._staging.close()

    def people(self) -> Iterator[PastPerson]:
        """Give everybody who wrote and is not the desk, by address."""
        given: set[str] = set()
        for letter in self._staging.every("letter"):
            sender = letter["sender"]
            if sender not in self._own and sender not in given:
                given.add(sender)
                yield PastPerson(_key(sender), _plausible(letter["name"]), emails=(sender,))

    def tickets(self) -> Iterator[PastTicket]:
        """Give each conversation, its letters in order of time."""
        for numbers in self._threads.groups():
            letters = [self._staging.one("letter", number) for number in numbers]
            letters.sort(key=lambda one: (self._moment(one) or _NEVER, one["number"]))
            yield self._ticket(letters)

    def _ticket(self, letters: list[dict[str, Any]]) -> PastTicket:
        first = letters[0]
        asks = next((one for one in letters if one["sender"] not in self._own), None)
        # Of our own letters only the ids matter: an answer to one goes on in this ticket.
        ours = [x["message_id"] for x in letters if x["sender"] in self._own and x["message_id"]]
        entries = [self._entry(one, ours if one is asks else []) for one in letters]
        return PastTicket(
            key=first["fingerprint"],
            number="",
            subject=first["subject"],
            state=STATE,
            priority=PRIORITY,
            queue="",
            customer_key=None if asks is None else _key(asks["sender"]),
            assignee=None,
            created_at=self._moment(first),
            resolved_at=self._moment(letters[-1]),
            entries=tuple(entries),
        )

    def _entry(self, letter: dict[str, Any], ours: list[str]) -> PastEntry:
        is_own = letter["sender"] in self._own
        name = _plausible(letter["name"])
        author = PastAuthor(name=name, email=letter["sender"])
        mail = None
        if not is_own:
            author = PastAuthor(_key(letter["sender"]), name)
            mail = PastLetter(
                bytes.fromhex(letter["fingerprint"]),
                letter["sender"],
                letter["message_id"],
                tuple(dict.fromkeys([*letter["refers_to"], *ours])),
            )
        return PastEntry(
            kind=EntryKind.REPLY if is_own else EntryKind.MESSAGE,
            author=author,
            body=letter["said"],
            is_html=False,
            at=self._moment(letter),
            files=tuple(self._files(letter["number"])),
            folded=letter["folded"],
            letter=mail,
        )

    def _files(self, number: int) -> Iterator[PastFile]:
        for file in self._staging.of("file", number):
            of = partial(self._staging.content, "file", file["key"])
            yield PastFile(short(file["name"]), load=of)

    def _moment(self, letter: dict[str, Any]) -> datetime | None:
        try:
            found = parsedate_to_datetime(letter["date"])
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        return found if found.tzinfo is not None else found.replace(tzinfo=self._zone)


async def read_archive(
    path: Path,
    own: set[str],
    settings: Settings,
    parsers: ParserPool,
    limits: ParseLimits,
    tell: Tell,
) -> MailArchive:
    """Read an archive. Raises AppError("import_export_missing"|"import_export_unknown")."""
    if settings.mail_inbox:
        own = own | {settings.mail_inbox.lower()}
    archive = MailArchive(ZoneInfo(settings.timezone), own)
    read = 0
    for place, raw in messages_of(path, settings.mail_max_bytes):
        read += 1
        tell(1)
        if not raw:
            archive.note_broken(place, "empty_file" if raw == b"" else "too_long")
            continue
        try:
            archive.add(place, await parsers.parse_mail(raw, limits=limits))
        except AppError as error:
            archive.note_broken(place, error.code)
    if not read:
        archive.close()
        raise AppError("import_export_unknown", name=path.name)
    return archive


class _Threads:
    """Which letters belong together, by the ids that they bear and name."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._letters: list[tuple[int, str]] = []

    def join(self, number: int, ids: list[str]) -> None:
        """Add a letter with its own id and those that it refers to."""
        own = f"#{number}"
        self._letters.append((number, own))
        for name in ids:
            # Hashed: a hundred thousand references of 250 characters each would be long.
            key = hashlib.blake2b(name.encode(), digest_size=12).hexdigest()
            self._parent[self._root(key)] = self._root(own)

    def groups(self) -> Iterator[list[int]]:
        """Give the numbers of the letters of each conversation, the first letter's first."""
        found: dict[str, list[int]] = {}
        for number, own in self._letters:
            found.setdefault(self._root(own), []).append(number)
        yield from found.values()

    def _root(self, key: str) -> str:
        path = [key]
        while (above := self._parent.get(path[-1], path[-1])) != path[-1]:
            path.append(above)
        for one in path:
            self._parent[one] = path[-1]
        return path[-1]


def _key(sender: str) -> str:
    return f"mail:{sender}"


def _plausible(name: str) -> str:
    """Return the name that a header gives, as far as it is one."""
    cleaned = " ".join(name.replace('"', " ").split())[:120]
    return cleaned if "@" not in cleaned and any(char.isalpha() for char in cleaned) else ""
