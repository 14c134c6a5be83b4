"""Take mail in: what was kept is read in a limited child, and put where it belongs."""

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import advisory_locks
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.models import Blob, InboundMail, MailStatus
from cogep_assist.crm_service.mail.mail_settle import NOW, settle
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.limits import ParseLimits
from cogep_assist.pipeline.parse.mail_reply import ParsedMail

# Letters are put in their places one after the other: two of one thread at once would each see
# no ticket of the other.
# One transaction for what is read meanwhile; who works on those tickets waits for it.
MOST_AT_ONCE = 32
LONGEST_SECONDS = 0.5
# The parser's own trouble, not the letter's.
COMES_AGAIN = frozenset({"parser_cancelled", "parser_start_failed"})
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReadLetter:
    """A letter that was read, and whoever waits until it lies in its place."""

    mail_id: UUID
    mail: ParsedMail
    sha256: bytes
    settled: asyncio.Future[bool]


class SortingTable:
    """Where the letters that were read wait: all that lie there are settled by one transaction."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._waiting: deque[ReadLetter] = deque()
        self._sorter: asyncio.Task[None] | None = None

    async def settle(self, mail_id: UUID, mail: ParsedMail, sha256: bytes) -> bool:
        """Put a letter in its place; it lies there, committed, on return.

        False where its bytes, by their hash, are no longer what was read.
        """
        settled: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(ReadLetter(mail_id, mail, sha256, settled))
        if self._sorter is None:
            self._sorter = asyncio.create_task(self._sort())
        return await settled

    async def _sort(self) -> None:
        try:
            while self._waiting:
                most = min(len(self._waiting), MOST_AT_ONCE)
                await self._settle([self._waiting.popleft() for _ in range(most)])
        finally:
            self._sorter = None

    async def _settle(self, letters: list[ReadLetter]) -> None:
        """Settle letters together; where that fails, each alone, so that one harms no other."""
        try:
            done = await self._in_one_transaction(letters)
        except Exception as error:  # noqa: BLE001  (told to whoever waits for the letter)
            if len(letters) == 1:
                _tell(letters, [error])
                return
            for letter in letters:
                await self._settle([letter])
            return
        _tell(letters, done)
        self._waiting.extendleft(reversed(letters[len(done) :]))

    async def _in_one_transaction(self, letters: list[ReadLetter]) -> list[bool]:
        """Settle the first letters, as many as there is time for; tell which lie there as read."""
        began = time.monotonic()
        done: list[bool] = []
        async with self._database.begin() as session:
            await session.execute(
                sa.select(sa.func.pg_advisory_xact_lock(advisory_locks.MAIL_INTAKE))
            )
            for number, letter in enumerate(letters):
                if number and time.monotonic() - began > LONGEST_SECONDS:
                    break
                done.append(await _settle_one(session, self._settings, letter))
        return done


@dataclass(frozen=True, slots=True)
class Mailroom:
    """What reading mail needs, made once per worker process."""

    settings: Settings
    database: Database
    parsers: ParserPool
    limits: ParseLimits
    table: SortingTable = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", SortingTable(self.database, self.settings))


async def process_mail(room: Mailroom, mail_id: UUID) -> None:
    """Read a mail that waits and do what it asks for; one that cannot be read is kept as failed.

    Somebody may be taken out of it while it is read (art. 18, VI): then it is read as it is left.
    """
    while (raw := await _waiting(room, mail_id)) is not None:
        try:
            mail = await room.parsers.parse_mail(raw, limits=room.limits)
        except AppError as error:
            if error.code in COMES_AGAIN:
                raise
            log.warning("mail_unreadable", mail_id=str(mail_id), code=error.code)
            async with room.database.begin() as session:
                await _end(session, mail_id, MailStatus.FAILED, error.code)
            return
        if await room.table.settle(mail_id, mail, hashlib.sha256(raw).digest()):
            return


async def _waiting(room: Mailroom, mail_id: UUID) -> bytes | None:
    async with room.database.begin() as session:
        raw = await session.scalar(
            sa.select(Blob.content)
            .join(InboundMail, InboundMail.blob_id == Blob.id)
            .where(InboundMail.id == mail_id, InboundMail.status == MailStatus.RECEIVED)
        )
    return None if raw is None else bytes(raw)


async def _settle_one(session: AsyncSession, settings: Settings, letter: ReadLetter) -> bool:
    row = await session.get(
        InboundMail, letter.mail_id, with_for_update=True, populate_existing=True
    )
    if row is None or row.status is not MailStatus.RECEIVED:
        return True
    # Held, so that an erasure that rewrites it meanwhile is waited for, or waits.
    sha256 = await session.scalar(
        sa.select(Blob.sha256).where(Blob.id == row.blob_id).with_for_update(read=True)
    )
    if sha256 is None or bytes(sha256) != letter.sha256:
        return False
    await settle(session, settings, row, letter.mail)
    await session.flush()
    return True


def _tell(letters: list[ReadLetter], results: Sequence[bool | Exception]) -> None:
    for letter, result in zip(letters, results, strict=False):
        if letter.settled.done():
            # Whoever waited was stopped; what it waited for was done all the same.
            continue
        if isinstance(result, Exception):
            letter.settled.set_exception(result)
        else:
            letter.settled.set_result(result)


async def _end(session: AsyncSession, mail_id: UUID, status: MailStatus, reason: str) -> None:
    await session.execute(
        sa.update(InboundMail)
        .where(InboundMail.id == mail_id, InboundMail.status == MailStatus.RECEIVED)
        .values(status=status, reason=reason, processed_at=NOW)
    )
