"""Tickets as reports count them, column by column: packed by the database, read as arrays.

A head is when a ticket was opened (int4, seconds from ``MIDDLE``) and what else is told of it
(int2, see ``_told``); spans are the seconds until the first reply and until the end (int4 each,
``NEVER`` where there was none). Whole seconds: what is below them is cut off.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Generic, TypeVar
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects.postgresql import BIT

from cogep_assist.core.models import (
    Ticket,
    TicketPriority,
    TicketRating,
    TicketSla,
    TicketStatus,
)

UNFINISHED = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.WAITING)
# Half of what an int4 can count lies before it, half after: from 1970 to 2106.
MIDDLE = 2**31
NEVER = -(2**31)
LONGEST = 2**31 - 1
ID_BYTES, PERSON_BYTES = 16, 8
HEAD = np.dtype([("opened", ">i4"), ("told", ">i2")])
SPAN = np.dtype([("replied", ">i4"), ("solved", ">i4")])
PRIORITIES = list(TicketPriority)
# The keys of a stretch begin with the same 17 bits: milliseconds by the two thousand million.
STRETCH_BITS = 17

Numbers = NDArray[Any]
_Key = TypeVar("_Key", bound=Hashable)


class Codes(Generic[_Key]):
    """Small numbers that stand for what tickets are grouped by, in the order of their coming."""

    def __init__(self) -> None:
        self.keys: list[_Key] = []
        self._known: dict[_Key, int] = {}

    def of(self, keys: Iterable[_Key]) -> Numbers:
        """Return the codes of keys, known or new."""
        return np.array([self._code(key) for key in keys], dtype=np.int32)

    def _code(self, key: _Key) -> int:
        code = self._known.setdefault(key, len(self.keys))
        if code == len(self.keys):
            self.keys.append(key)
        return code


@dataclass(frozen=True, slots=True)
class Legend:
    """What the codes of queues, people who attend, and tags stand for."""

    queues: Codes[UUID] = field(default_factory=Codes)
    agents: Codes[UUID | None] = field(default_factory=Codes)
    tags: Codes[str] = field(default_factory=Codes)


@dataclass(frozen=True, slots=True)
class Tickets:
    """Tickets column by column; a column that was not read is empty.

    ``opened`` is in seconds of the epoch, ``replied`` and ``solved`` in seconds from there.
    ``tags`` are those of all tickets in a row, ``tag_counts`` how many each has.
    """

    queues: Numbers
    opened: Numbers
    told: Numbers
    replied: Numbers
    solved: Numbers
    people: Numbers
    agents: Numbers
    tag_counts: Numbers
    tags: Numbers

    @property
    def unfinished(self) -> Numbers:
        """Whether each waits to be solved."""
        return (self.told & 1).astype(bool)

    @property
    def priorities(self) -> Numbers:
        """Each one's place among the priorities."""
        return self.told >> 1 & 7

    @property
    def reply_kept(self) -> Numbers:
        """Whether the first reply came in time: 2, or 1 where not; 0 where nothing was promised."""
        return self.told >> 4 & 3

    @property
    def resolution_kept(self) -> Numbers:
        """Whether the end came in time, as ``reply_kept``."""
        return self.told >> 6 & 3

    @property
    def scores(self) -> Numbers:
        """What people thought, from 1 to 5; 0 where nobody said."""
        return self.told >> 8 & 7

    def where(self, kept: Numbers) -> "Tickets":
        """Return the tickets of a mask."""
        parts = {
            one.name: column[kept] if (column := getattr(self, one.name)).size else column
            for one in fields(self)
            if one.name != "tags"
        }
        of_tags = np.repeat(kept, self.tag_counts) if self.tag_counts.size else slice(0)
        return Tickets(**parts, tags=self.tags[of_tags])

    def once_a_tag(self) -> "Tickets":
        """Return each ticket as often as it has tags."""
        places = np.repeat(np.arange(self.opened.size), self.tag_counts)
        parts = {
            one.name: column[places] if (column := getattr(self, one.name)).size else column
            for one in fields(self)
            if one.name != "tags"
        }
        return Tickets(**parts, tags=self.tags)


def stretch_of(ticket_id: UUID) -> int:
    """Return which stretch a ticket's key lies in."""
    return ticket_id.int >> (128 - STRETCH_BITS)


def stretch_bounds(stretch: int) -> tuple[UUID, UUID]:
    """Return the first and the last key of a stretch."""
    first = stretch << (128 - STRETCH_BITS)
    return UUID(int=first), UUID(int=first | ((1 << (128 - STRETCH_BITS)) - 1))


def stretch_column(ticket_id: Any) -> sa.ColumnElement[int]:
    """Return which stretch a key lies in, as the database tells it: of five digits, 17 bits."""
    digits = sa.func.substr(sa.cast(ticket_id, sa.Text), 1, 5)
    bits = sa.cast(sa.func.concat("x", digits), BIT(20))
    return sa.cast(bits, sa.Integer).op(">>")(20 - STRETCH_BITS)


def packed_columns() -> list[sa.Label[Any]]:
    """Return what packs a group of tickets; all columns tell of the same tickets in one order.

    They are read from ``packed_from``.
    """
    minutes = sa.func.coalesce(Ticket.resolved_at, Ticket.closed_at)
    person = sa.case(
        (Ticket.customer_id.is_not(None), sa.func.uuid_send(Ticket.customer_id)),
        else_=sa.func.convert_to(Ticket.opened_by, "UTF8"),
    )
    opened = sa.func.floor(sa.extract("epoch", Ticket.created_at)) - MIDDLE
    return [
        _bytes(sa.func.uuid_send(Ticket.id)).label("ids"),
        _bytes(_int4(opened).concat(sa.func.int2send(sa.cast(_told(), sa.SmallInteger)))).label(
            "heads"
        ),
        _bytes(_seconds(Ticket.first_replied_at).concat(_seconds(minutes))).label("spans"),
        _bytes(sa.func.substring(sa.func.sha256(person), 1, 8)).label("people"),
        sa.func.array_agg(Ticket.assignee_id).label("agent_ids"),
        sa.func.json_agg(Ticket.tags).label("tag_lists"),
    ]


def packed_from() -> sa.FromClause:
    """Return tickets with what stands beside them."""
    return sa.join(
        sa.outerjoin(Ticket, TicketSla, TicketSla.ticket_id == Ticket.id),
        TicketRating,
        TicketRating.ticket_id == Ticket.id,
        isouter=True,
    )


def unpack(packed: Sequence[Any], legend: Legend) -> Tickets:
    """Return rows of packed tickets as columns; what was not asked for is NULL in all of them."""
    heads = np.frombuffer(b"".join(row.heads for row in packed), HEAD)
    spans = np.frombuffer(b"".join(row.spans for row in packed), SPAN)
    tags = [_tags(row, legend) for row in packed]
    return Tickets(
        queues=np.repeat(
            legend.queues.of(row.queue_id for row in packed), [tickets_in(row) for row in packed]
        ),
        opened=heads["opened"].astype(np.int64) + MIDDLE,
        told=heads["told"].astype(np.int16),
        replied=spans["replied"].astype(np.int32),
        solved=spans["solved"].astype(np.int32),
        people=np.frombuffer(b"".join(row.people for row in packed), np.uint64),
        agents=_joined([_agents(row, legend) for row in packed]),
        tag_counts=_joined([counts for counts, _ in tags]),
        tags=_joined([codes for _, codes in tags]),
    )


def tickets_in(packed: Any) -> int:
    """Return how many tickets a row holds."""
    return len(packed.heads) // HEAD.itemsize


def id_numbers(ids: bytes) -> Numbers:
    """Return numbers by which tickets are told apart: both halves of their keys."""
    halves = np.frombuffer(ids, np.uint64).reshape(-1, 2)
    mixed: Numbers = halves[:, 0] ^ halves[:, 1]
    return mixed


def _joined(parts: Sequence[Numbers]) -> Numbers:
    return np.concatenate([np.zeros(0, dtype=np.int32), *parts])


def _agents(packed: Any, legend: Legend) -> Numbers:
    """Return who attends to each: by codes of the row's own, or as a list."""
    if packed.agent_ids is None:
        return np.zeros(0, dtype=np.int32)
    known = legend.agents.of(packed.agent_ids)
    return known if packed.agents is None else known[np.frombuffer(packed.agents, ">i2")]


def _tags(packed: Any, legend: Legend) -> tuple[Numbers, Numbers]:
    if packed.tag_lists is not None:
        counts = np.array([len(tags) for tags in packed.tag_lists], dtype=np.int32)
        return counts, legend.tags.of(tag for tags in packed.tag_lists for tag in tags)
    # How many each ticket has, then the codes of all.
    numbers = np.frombuffer(packed.tags or b"", ">i4").astype(np.int32)
    tickets = tickets_in(packed) if packed.tags is not None else 0
    return numbers[:tickets], legend.tags.of(packed.tag_names or ())[numbers[tickets:]]


def _bytes(value: Any) -> sa.ColumnElement[bytes]:
    return sa.func.string_agg(value, sa.literal_column("''::bytea"))


def _int4(value: Any) -> Any:
    return sa.func.int4send(sa.cast(value, sa.Integer), type_=sa.LargeBinary())


def _seconds(until: Any) -> Any:
    span = sa.func.floor(sa.extract("epoch", until - Ticket.created_at))
    shown = sa.func.greatest(sa.func.least(span, LONGEST), NEVER + 1)
    return _int4(sa.case((until.is_(None), NEVER), else_=shown))


def _told() -> sa.ColumnElement[int]:
    """Return in one number whether it waits, its priority, the targets kept, and the score."""
    priority = sa.case(*((Ticket.priority == one, n) for n, one in enumerate(PRIORITIES)))
    told: sa.ColumnElement[int] = (
        sa.cast(Ticket.status.in_(UNFINISHED), sa.Integer)
        + 2 * priority
        + 16 * _kept(TicketSla.first_reply_met)
        + 64 * _kept(TicketSla.resolution_met)
        + 256 * sa.func.coalesce(TicketRating.score, 0)
    )
    return told


def _kept(met: Any) -> Any:
    return sa.func.coalesce(sa.cast(met, sa.Integer) + 1, 0)
