"""Verify the whole audit: every row against its link, every link against the one before.

One unchanging view of the database, two streams of it: the links in order, and the rows in the
order of their ids. A million rows take seconds, because they are hashed a link at a time; only
where a hash does not fit is each row looked at.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from cogep_assist.core import audit, signing
from cogep_assist.core.audit_chain import (
    BEGINNING,
    CHECKPOINT,
    ID_BYTES,
    LINE,
    Seal,
    hash_of,
    line_is_good,
)
from cogep_assist.core.audit_report import CheckedCheckpoint, VerifyReport
from cogep_assist.core.audit_restored import explain
from cogep_assist.core.db import connect_arguments, conninfo

# A tuple of COPY's binary form: the count of fields and, before each, its length.
_ID = slice(6, 6 + ID_BYTES)
_LINE_BEGINS = 6 + ID_BYTES + 4
_COPY_HEADER_BYTES = 19
_COPY_TRAILER_BYTES = 2
_ROWS = (
    f"COPY (SELECT e.id, {LINE} FROM lgpd.audit_event e ORDER BY e.id) TO STDOUT (FORMAT BINARY)"  # noqa: S608 - our own constant
)
_SEALS = """
    SELECT number, position, events, refused, sealed_at, body, link, signature, key_id
    FROM lgpd.audit_seal ORDER BY number
"""
_SEALS_AT_A_TIME = 500

Connection = psycopg.Connection[Any]


def verify_audit(url: URL, checkpoints: Mapping[str, Mapping[str, Any]]) -> VerifyReport:
    """Verify every act and link in the database at ``url``.

    ``checkpoints`` are signed documents kept elsewhere, by the name to tell them by: each must be
    part of the chain, so that a chain that was cut short is found. Blocks for seconds: call it in
    a thread of its own.
    """
    with ExitStack() as stack:
        rows, seals = (stack.enter_context(_connect(url)) for _ in range(2))
        snapshot = rows.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot is not None
        seals.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(snapshot[0])))
        waiting = _waiting(seals)
        report = VerifyReport(other_key=_of_another_key(seals))
        with rows.cursor().copy(_ROWS) as copied:
            run = _Run(report, _Rows(copied), checkpoints)
            for record in _stream_seals(seals):
                run.seal(*record)
            explain(seals, report.checkpoints)
            run.end(waiting)
        if not report.intact:
            _find_forged(seals, report)
    return report


class _Rows:
    """The rows by id, each handed out once; those of later links wait in memory."""

    def __init__(self, copied: Any) -> None:
        self._copied = iter(copied)
        self._read: dict[bytes, bytes] = {}
        self._last = b""
        self._first = True
        self.count = 0

    def take(self, ids: Sequence[bytes]) -> list[bytes | None]:
        """Return the rows of these ids, None for each that is not there (or not any more)."""
        highest = max(ids, default=b"")
        while self._last < highest and self._next():
            pass
        return [self._read.pop(event, None) for event in ids]

    def rest(self) -> dict[bytes, bytes]:
        """Read to the end; return the rows that no link has asked for."""
        while self._next():
            pass
        return self._read

    def _next(self) -> bool:
        for block in self._copied:
            data = bytes(block)
            if self._first:
                data, self._first = data[_COPY_HEADER_BYTES:], False
            if len(data) <= _COPY_TRAILER_BYTES:
                continue
            self._last = data[_ID]
            self._read[self._last] = data[_LINE_BEGINS:]
            self.count += 1
            return True
        self._last = b"\xff" * (ID_BYTES + 1)
        return False


class _Run:
    """One pass over the links."""

    def __init__(
        self, report: VerifyReport, rows: _Rows, checkpoints: Mapping[str, Mapping[str, Any]]
    ) -> None:
        self._report = report
        self._rows = rows
        self._tip: Seal | None = None
        self._stored_link = BEGINNING
        self._signature, self._key_id = b"", ""
        self._missing: list[bytes] = []
        self._expected: dict[int, list[tuple[str, bytes]]] = {}
        for name, document in checkpoints.items():
            self._expect(name, document)

    def seal(
        self,
        number: int,
        position: int,
        events: bytes,
        refused: list[UUID],
        sealed_at: Any,
        body: bytes,
        link: bytes,
        signature: bytes,
        key_id: str,
    ) -> None:
        """Look at one link."""
        before = self._tip
        ids = [events[n : n + ID_BYTES] for n in range(0, len(events), ID_BYTES)]
        seal = Seal(number, position, self._stored_link, body, tuple(refused), sealed_at)
        expected = (before.number + 1, before.position + len(ids)) if before else (1, len(ids))
        sound = (number, position) == expected and seal.link == link
        lines = self._rows.take(ids)
        if None in lines or hash_of(line for line in lines if line is not None) != body:
            self._explain(number, ids, lines)
        if not sound:
            self._report.broken.append(number)
        self._report.refused += refused
        self._compare(number, link)
        self._report.sealed += len(ids)
        self._tip, self._stored_link = seal, link
        self._signature, self._key_id = signature, key_id

    def end(self, waiting: set[bytes]) -> None:
        """Look at what no link holds, at the last signature, and at what was cut off."""
        report, rest = self._report, self._rows.rest()
        report.checked = self._rows.count
        for event, line in rest.items():
            if event not in waiting:
                report.unsealed.append(UUID(bytes=event))
            elif not line_is_good(line):
                report.altered.append(UUID(bytes=event))
            else:
                report.waiting += 1
        report.missing += [UUID(bytes=event) for event in self._missing]
        report.missing += [UUID(bytes=event) for event in waiting - set(rest)]
        if self._tip is not None:
            self._end_of_chain(self._tip)
        self._tell_cut()

    def _end_of_chain(self, tip: Seal) -> None:
        """The last signature vouches for every link before it."""
        self._report.newest = tip.number
        if self._key_id != signing.key_id():
            self._report.newest_of_another_key = True
        elif not signing.is_signed(CHECKPOINT, signing.canonical(tip.header), self._signature):
            self._report.broken.append(tip.number)

    def _explain(self, number: int, ids: Sequence[bytes], lines: Sequence[bytes | None]) -> None:
        """Name the rows for which a link's hash does not fit, or else the link."""
        found = 0
        for event, line in zip(ids, lines, strict=True):
            if line is None:
                self._missing.append(event)
                found += 1
            elif not line_is_good(line):
                self._report.altered.append(UUID(bytes=event))
                found += 1
        if not found:
            self._report.broken.append(number)

    def _expect(self, name: str, document: Mapping[str, Any]) -> None:
        fields = signing.check_document(CHECKPOINT, document)
        if fields is None or not isinstance(fields.get("number"), int):
            self._report.checkpoints.append(CheckedCheckpoint(name, None, None, genuine=False))
            return
        number, position = fields["number"], fields["position"]
        checked = CheckedCheckpoint(
            name, number, position, genuine=True, sealed_at=fields["sealed_at"]
        )
        self._report.checkpoints.append(checked)
        link = hashlib.sha256(signing.canonical(fields)).digest()
        self._expected.setdefault(number, []).append((name, link))

    def _compare(self, number: int, link: bytes) -> None:
        met = {
            name
            for name, expected in self._expected.pop(number, ())
            if hmac.compare_digest(expected, link)
        }
        for checkpoint in self._report.checkpoints:
            if checkpoint.name in met:
                checkpoint.in_chain = True

    def _tell_cut(self) -> None:
        position = self._tip.position if self._tip else 0
        ahead = [c.position for c in self._report.checkpoints if c.genuine and not c.good]
        self._report.cut = max((p - position for p in ahead if p is not None), default=0)


def _find_forged(connection: Connection, report: VerifyReport) -> None:
    """Find the first link that this installation did not sign, where something is wrong anyway.

    Whoever changes a row and reckons every later link anew still lacks the signatures.
    """
    before = BEGINNING
    for number, position, _, refused, sealed_at, body, link, signature, key_id in _stream_seals(
        connection
    ):
        seal = Seal(number, position, before, body, tuple(refused), sealed_at)
        signed = signing.is_signed(CHECKPOINT, signing.canonical(seal.header), signature)
        if key_id == signing.key_id() and not signed:
            report.broken.append(number)
            report.altered += _altered_since(connection, number)
            break
        before = link
    report.broken[:] = sorted(set(report.broken))
    report.altered[:] = sorted(set(report.altered))


def _altered_since(connection: Connection, number: int) -> list[UUID]:
    """Look at each row from a link on: behind a forged one no hash says anything."""
    listed = connection.execute(
        "SELECT events FROM lgpd.audit_seal WHERE number >= %s", [number]
    ).fetchall()
    altered = []
    for (events,) in listed:
        ids = [UUID(bytes=events[n : n + ID_BYTES]) for n in range(0, len(events), ID_BYTES)]
        found = connection.execute(
            f"SELECT e.id, {LINE} FROM lgpd.audit_event e WHERE e.id = ANY(%s)",  # noqa: S608 - our own constant
            [ids],
        )
        altered += [event for event, line in found if not line_is_good(line)]
    return altered


def _connect(url: URL) -> Connection:
    connection = psycopg.connect(conninfo(url), **connect_arguments(url))
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    return connection


def _waiting(connection: Connection) -> set[bytes]:
    found = connection.execute("SELECT event_id FROM lgpd.audit_pending").fetchall()
    return {event.bytes for (event,) in found}


def _of_another_key(connection: Connection) -> int:
    row = connection.execute(
        "SELECT count(*) FROM lgpd.audit_event WHERE substr(mac, 1, %s) <> %s",
        [audit.KEY_NAME_BYTES, audit.key_name()],
    ).fetchone()
    assert row is not None
    return int(row[0])


def _stream_seals(connection: Connection) -> Iterator[tuple[Any, ...]]:
    with connection.cursor("seals", binary=True) as cursor:
        cursor.itersize = _SEALS_AT_A_TIME
        cursor.execute(_SEALS)
        yield from cursor
