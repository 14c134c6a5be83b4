"""Go through an export's people and tickets, a transaction each slice."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import ImportBatch, RecordKind, RecordOutcome
from cogep_assist.core.principal import Principal
from cogep_assist.core.tombstones import ErasedBefore
from cogep_assist.crm_service.customers.customer_fields import living_fields
from cogep_assist.crm_service.erased_people import ERASED_CODES, erased_among, erased_code
from cogep_assist.crm_service.importers.desk import Desk
from cogep_assist.crm_service.importers.journal import (
    customers_by_key,
    known_records,
    lock_batch,
    note_records,
)
from cogep_assist.crm_service.importers.mapping import WordMap
from cogep_assist.crm_service.importers.people import (
    Candidate,
    Register,
    candidate_of,
    register_of,
    settle,
    write_people,
)
from cogep_assist.crm_service.importers.preparation import ReadyTicket, prepare
from cogep_assist.crm_service.importers.records import Export, PastPerson, PastTicket
from cogep_assist.crm_service.importers.report import Report
from cogep_assist.crm_service.importers.row_values import Placed
from cogep_assist.crm_service.importers.ticket_rows import write_tickets
from cogep_assist.crm_service.tickets.ticket_events import database_now
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.limits import ParseLimits

PEOPLE_AT_ONCE = 500
TICKETS_AT_ONCE = 100
T = TypeVar("T")
Tell = Callable[[int], None]


class WithoutErased(Protocol):
    """Takes the values of erased people out of texts."""

    async def __call__(self, session: AsyncSession, *, texts: Sequence[str]) -> list[str]:
        """Return the texts, in order, of the same lengths."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """What going through an export needs. ``batch_id`` None: a trial, which writes nothing."""

    database: Database
    principal: Principal
    settings: Settings
    parsers: ParserPool
    limits: ParseLimits
    export: Export
    mapping: WordMap
    origin: str
    batch_id: UUID | None
    report: Report
    tell: Tell
    # Whether who was erased before comes in; where not, their values leave other people's texts.
    readmits: bool
    without_erased: WithoutErased


@dataclass(slots=True)
class Met:
    """Whom a trial met: it writes nothing in which the next slice could find them."""

    register: Register = field(default_factory=Register)
    keys: set[str] = field(default_factory=set)
    # Who was erased before, by their key over there, and the code that says when.
    erased: dict[str, str] = field(default_factory=dict)


async def go_through(run: Run, desk: Desk) -> None:
    """Go through the people, whom tickets are of, and then the tickets."""
    met = Met()
    for people in _slices(run.export.people(), PEOPLE_AT_ONCE):
        await _people(run, people, met)
        run.tell(len(people))
    desk.erased = met.erased.keys()
    for tickets in _slices(run.export.tickets(), TICKETS_AT_ONCE):
        await _tickets(run, desk, tickets, met)
        run.tell(len(tickets))


async def _people(run: Run, people: Sequence[PastPerson], met: Met) -> None:
    async with run.database.begin() as session:
        batch = None if run.batch_id is None else await lock_batch(session, run.batch_id)
        keys = [person.key for person in people]
        known = await known_records(session, run.origin, RecordKind.CUSTOMER, keys)
        fields = await living_fields(session)
        new = [candidate_of(p, run.mapping, fields) for p in people if p.key not in known]
        register = await register_of(session, new)
        if batch is None:
            met.keys.update(keys)
            register = met.register = register.joined(met.register)
        told = await erased_among(session, run.settings, [one.cleaned for one in new])
        for one, before in zip(new, told, strict=True):
            if not _left_out(run, one, before, met):
                settle(one, register)
        counted = _counted(new)
        counted.counts["customer_known"] += len(people) - len(new)
        if batch is not None:
            made = [one for one in new if one.outcome is RecordOutcome.CREATED]
            await write_people(session, run.principal, batch.id, made)
            rows = [_person_record(one) for one in new]
            await note_records(session, batch, RecordKind.CUSTOMER, rows, counted)
    run.report.add(counted)


def _left_out(run: Run, one: Candidate, before: ErasedBefore | None, met: Met) -> bool:
    """Note that a person was erased before; tell whether they are left out for it."""
    if before is None:
        return False
    code = erased_code(before, readmits=run.readmits)
    one.problems.append(f"line:{code}")
    if before.sure and not run.readmits:
        met.erased[one.past.key] = code
        return True
    return False


async def _tickets(run: Run, desk: Desk, tickets: Sequence[PastTicket], met: Met) -> None:
    keys = [ticket.key for ticket in tickets]
    async with run.database.begin() as session:
        known = await known_records(session, run.origin, RecordKind.TICKET, keys)
    # Made ready before the lock is taken: HTML and files take their time.
    new = [ticket for ticket in tickets if ticket.key not in known]
    ready = await prepare(new, run.parsers, run.limits, run.settings)
    async with run.database.begin() as session:
        batch = None if run.batch_id is None else await lock_batch(session, run.batch_id)
        known = await known_records(session, run.origin, RecordKind.TICKET, keys)
        ready = [one for one in ready if one.past.key not in known]
        owners = {one.past.customer_key for one in ready if one.past.customer_key is not None}
        people = await customers_by_key(session, run.origin, owners)
        for one in ready:
            _check_owner(one, people, met)
        if not run.readmits:
            await _forget_erased(session, run, ready)
        counted = _counted_tickets(ready)
        counted.counts["ticket_known"] += len(tickets) - len(ready)
        if batch is not None:
            living = {key: found for key, found in people.items() if found is not None}
            made = await _write(session, run, batch, desk, ready, living)
            rows = [_ticket_record(one, made.get(one.past.key)) for one in ready]
            await note_records(session, batch, RecordKind.TICKET, rows, counted)
    run.report.add(counted)


async def _write(
    session: AsyncSession,
    run: Run,
    batch: ImportBatch,
    desk: Desk,
    ready: Sequence[ReadyTicket],
    customers: Mapping[str, UUID],
) -> dict[str, UUID]:
    """Write the tickets that are not refused; return the id of each by its key over there."""
    good = [one for one in ready if not one.refused]
    now = await database_now(session)
    placed = Placed(run.principal, desk, customers, run.origin, batch.id, now)
    made = await write_tickets(session, placed, good, ZoneInfo(run.settings.timezone))
    return {one.past.key: ticket_id for one, ticket_id in zip(good, made, strict=True)}


async def _forget_erased(session: AsyncSession, run: Run, ready: Sequence[ReadyTicket]) -> None:
    """Take erased people out of what others wrote; their files are not looked into."""
    good = [one for one in ready if not one.refused]
    texts = [text for one in good for text in (one.subject, *_words(one))]
    clean = iter(await run.without_erased(session, texts=texts))
    for one in good:
        before = [one.subject, *_words(one)]
        one.subject = next(clean)
        for entry in one.entries:
            entry.body, entry.folded = next(clean), next(clean)
        if before != [one.subject, *_words(one)]:
            one.problems.append("text:erased_masked")


def _words(one: ReadyTicket) -> list[str]:
    return [text for entry in one.entries for text in (entry.body, entry.folded)]


def _check_owner(one: ReadyTicket, people: Mapping[str, UUID | None], met: Met) -> None:
    """Refuse a ticket of somebody who was removed since they came over; note one of nobody."""
    key = one.past.customer_key
    if key in met.erased:
        one.refused = True
        one.problems.append(f"customer:{met.erased[key]}")
    elif key is not None and people.get(key, ...) is None:
        one.refused = True
        one.problems.append("customer:removed_since")
    elif key is not None and key not in people and key not in met.keys:
        one.problems.append("customer:unknown_there")


def _counted(new: Sequence[Candidate]) -> Report:
    counted = Report()
    for one in new:
        counted.tell(RecordKind.CUSTOMER, one.past.key, one.outcome.value, one.problems)
        for code in one.problems:
            if (said := code.split(":")[1]) in ERASED_CODES:
                counted.counts[f"customer_{said}"] += 1
        if one.outcome is RecordOutcome.MATCHED:
            counted.counts[f"matched_by_{one.by}"] += 1
    return counted


def _counted_tickets(ready: Sequence[ReadyTicket]) -> Report:
    counted = Report()
    for one in ready:
        outcome = RecordOutcome.REFUSED if one.refused else RecordOutcome.CREATED
        counted.tell(RecordKind.TICKET, one.past.key, outcome.value, one.problems)
        if not one.refused:
            counted.counts["entry_created"] += len(one.entries)
            counted.counts["file_created"] += sum(len(entry.files) for entry in one.entries)
            counted.counts["file_refused"] += one.files_lost
    return counted


def _person_record(one: Candidate) -> dict[str, object]:
    return {
        "external_id": one.past.key,
        "outcome": one.outcome,
        "problems": one.problems,
        "customer_id": one.customer_id,
    }


def _ticket_record(one: ReadyTicket, ticket_id: UUID | None) -> dict[str, object]:
    return {
        "external_id": one.past.key,
        "outcome": RecordOutcome.REFUSED if ticket_id is None else RecordOutcome.CREATED,
        "problems": one.problems,
        "ticket_id": ticket_id,
    }


def _slices(records: Iterable[T], size: int) -> Iterable[list[T]]:
    going = iter(records)
    while some := list(islice(going, size)):
        yield some
