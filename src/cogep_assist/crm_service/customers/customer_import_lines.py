"""What becomes of the lines of an import: a new customer, a changed one, or a reason why not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import Settings
from cogep_assist.core.models import (
    Customer,
    CustomerContact,
    CustomerEvent,
    CustomerField,
    CustomerImportLine,
    CustomerKind,
    CustomerTag,
    ImportOutcome,
    OnDuplicate,
)
from cogep_assist.core.principal import Principal
from cogep_assist.core.tombstones import ErasedBefore
from cogep_assist.crm_service.customers.customer_fields import clean_custom, living_fields
from cogep_assist.crm_service.customers.customer_import_file import row_values
from cogep_assist.crm_service.customers.customer_index import known_words
from cogep_assist.crm_service.customers.customer_timeline import event_row
from cogep_assist.crm_service.customers.customer_values import (
    Cleaned,
    Contact,
    Problem,
    clean_values,
)
from cogep_assist.crm_service.customers.customer_vocabulary import learn_words
from cogep_assist.crm_service.customers.customers import (
    apply_change,
    contacts_of,
    new_customer,
    tags_of,
)
from cogep_assist.crm_service.erased_people import (
    ERASED,
    ERASED_CODES,
    erased_among,
    erased_code,
)

IDENTIFIERS = ("cpf", "cnpj", "external_id")


@dataclass(slots=True)
class ImportedLines:
    """Which import the lines are of, and how it wants them."""

    import_id: UUID
    header: Sequence[str]
    mapping: Mapping[str, str]
    on_duplicate: OnDuplicate
    is_dry_run: bool
    # The identifiers that a trial met in earlier lines, which it did not write.
    met: set[str]
    # Whether who was erased before comes in all the same.
    readmits: bool = False


@dataclass(slots=True)
class _Line:
    number: int
    kind: CustomerKind
    cleaned: Cleaned
    outcome: ImportOutcome = ImportOutcome.REFUSED
    customer_id: UUID | None = None
    revision: int | None = None
    before: dict[str, Any] | None = None
    # What is to be said of a line that is not refused for it.
    notes: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class _Slice:
    """What the slice has to write when all its lines are settled."""

    rows: list[Any] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    words: set[str] = field(default_factory=set)


async def import_lines(
    session: AsyncSession,
    settings: Settings,
    principal: Principal,
    asked: ImportedLines,
    rows: Sequence[Sequence[Any]],
) -> dict[str, int]:
    """Settle some lines and write what they ask for; return how many ended how."""
    fields = await living_fields(session)
    lines = [_clean(asked, fields, row) for row in rows]
    known = await _known(session, lines)
    written = _Slice()
    erased = await erased_among(session, settings, [line.cleaned for line in lines])
    for line, told in zip(lines, erased, strict=True):
        if not line.cleaned.problems:
            _tell_erased(asked, line, told, known)
        if not line.cleaned.problems:
            await _settle(session, principal, asked, line, known, written)
    session.add_all(written.rows)
    await session.flush()
    if written.events:
        await session.execute(sa.insert(CustomerEvent), written.events)
    await learn_words(session, written.words)
    await session.execute(sa.insert(CustomerImportLine), [_row(asked, line) for line in lines])
    counts = Counter(line.outcome.value for line in lines)
    return dict(counts + Counter(_said(p.code) for line in lines for p in _erased_in(line)))


def _clean(asked: ImportedLines, fields: Sequence[CustomerField], row: Sequence[Any]) -> _Line:
    number, cells = int(row[0]), [str(cell) for cell in row[1:]]
    kind, given, problems = row_values(asked.header, asked.mapping, cells)
    cleaned = clean_values(given, kind)
    clean_custom(given.get("custom"), fields, kind, cleaned, is_new=True)
    cleaned.problems = problems + [_named(problem) for problem in cleaned.problems]
    return _Line(number, kind, cleaned)


def _named(problem: Problem) -> Problem:
    """Name a contact's problem by what it is; a file has no list of contacts."""
    if problem.field.startswith("contacts["):
        return Problem("email" if problem.code == "email_invalid" else "phone", problem.code)
    if problem.field.startswith("tags["):
        return Problem("tags", problem.code)
    return problem


async def _known(session: AsyncSession, lines: Sequence[_Line]) -> dict[str, UUID]:
    """Return the living customers that hold an identifier of these lines."""
    known: dict[str, UUID] = {}
    for name in IDENTIFIERS:
        column = getattr(Customer, name)
        values = {v for line in lines if (v := line.cleaned.columns.get(name)) is not None}
        if values:
            rows = await session.execute(
                sa.select(column, Customer.id).where(
                    column.in_(values), Customer.removed_at.is_(None)
                )
            )
            known |= {f"{name}:{value}": customer_id for value, customer_id in rows}
    return known


def _tell_erased(
    asked: ImportedLines, line: _Line, told: ErasedBefore | None, known: dict[str, UUID]
) -> None:
    """Refuse a person who was erased, or note it: nothing of theirs comes back unasked."""
    if told is None:
        return
    problem = Problem("line", erased_code(told, readmits=asked.readmits))
    # Whoever came back by themselves is passed over like everybody who is there.
    returned = any(key in known for key in _keys(line))
    passed_over = returned and asked.on_duplicate is OnDuplicate.SKIP
    if _said(problem.code) == ERASED and not passed_over:
        line.cleaned.problems.append(problem)
    elif not passed_over:
        line.notes.append(problem)


async def _settle(
    session: AsyncSession,
    principal: Principal,
    asked: ImportedLines,
    line: _Line,
    known: dict[str, UUID],
    written: _Slice,
) -> None:
    keys = _keys(line)
    owners = {known[key] for key in keys if key in known}
    if len(owners) > 1:
        line.cleaned.problems.append(Problem("line", "matches_several"))
    elif owners or asked.met.intersection(keys):
        await _settle_known(session, principal, asked, line, owners, written)
    else:
        _create(principal, asked, line, written)
        if asked.is_dry_run:
            asked.met.update(keys)
        elif line.customer_id is not None:
            known |= dict.fromkeys(keys, line.customer_id)


async def _settle_known(
    session: AsyncSession,
    principal: Principal,
    asked: ImportedLines,
    line: _Line,
    owners: set[UUID],
    written: _Slice,
) -> None:
    if asked.on_duplicate is OnDuplicate.CREATE:
        line.cleaned.problems.append(Problem("line", "exists" if owners else "repeated_in_file"))
    elif asked.on_duplicate is OnDuplicate.SKIP:
        line.outcome, line.customer_id = ImportOutcome.SKIPPED, next(iter(owners), None)
    elif not owners:
        line.outcome = ImportOutcome.UPDATED
    else:
        await _update(session, principal, asked, line, owners.pop(), written)


def _create(principal: Principal, asked: ImportedLines, line: _Line, written: _Slice) -> None:
    line.outcome = ImportOutcome.CREATED
    if asked.is_dry_run:
        return
    made = new_customer(line.kind, line.cleaned, principal)
    made.match_due = True
    line.customer_id, line.revision = made.id, 1
    written.rows.append(made)
    written.rows += [
        CustomerContact(
            customer_id=made.id,
            kind=contact.kind,
            canonical=contact.canonical,
            typed=contact.typed,
            is_primary=contact.is_primary,
        )
        for contact in line.cleaned.contacts or []
    ]
    written.rows += [CustomerTag(customer_id=made.id, tag=tag) for tag in line.cleaned.tags or []]
    written.words.update(known_words(made.name, made.social_name))
    written.events.append(
        event_row(principal, made.id, "imported", "customer_import", asked.import_id)
    )


async def _update(
    session: AsyncSession,
    principal: Principal,
    asked: ImportedLines,
    line: _Line,
    customer_id: UUID,
    written: _Slice,
) -> None:
    # The customer may be one that an earlier line of this very slice made.
    session.add_all(written.rows)
    written.rows = []
    await session.flush()
    customer = await session.get(
        Customer, customer_id, with_for_update=True, populate_existing=True
    )
    assert customer is not None
    if customer.kind is not line.kind:
        line.cleaned.problems.append(Problem("kind", "kind_fixed"))
        return
    before = await picture(session, customer)
    wanted = await _added_to(session, customer, line.cleaned)
    line.customer_id = customer.id
    if asked.is_dry_run:
        line.outcome = ImportOutcome.UPDATED
        return
    changed = await apply_change(session, customer, wanted)
    line.outcome = ImportOutcome.UPDATED if changed else ImportOutcome.UNCHANGED
    if changed:
        line.before, line.revision = before, customer.revision
        customer.match_due = True
        written.events.append(
            event_row(
                principal,
                customer.id,
                "updated_by_import",
                "customer_import",
                asked.import_id,
                {"fields": changed},
            )
        )


async def _added_to(session: AsyncSession, customer: Customer, cleaned: Cleaned) -> Cleaned:
    """Return what a line says, its contacts and tags added to those that are there."""
    there = [
        Contact(c.kind, c.canonical, c.typed, c.label, c.is_primary)
        for c in await contacts_of(session, [customer.id])
    ]
    have = {(contact.kind, contact.canonical) for contact in there}
    kinds = {contact.kind for contact in there}
    new = [
        Contact(c.kind, c.canonical, c.typed, c.label, c.is_primary and c.kind not in kinds)
        for c in cleaned.contacts or []
        if (c.kind, c.canonical) not in have
    ]
    tags = sorted({*await tags_of(session, customer.id), *(cleaned.tags or [])})
    return Cleaned(dict(cleaned.columns), there + new, tags, cleaned.custom)


async def picture(session: AsyncSession, customer: Customer) -> dict[str, Any]:
    """Return how a customer is, so that the import's undoing can make it so again."""
    columns = sa.select(sa.func.to_jsonb(sa.literal_column("customer"))).select_from(Customer)
    row = await session.scalar(columns.where(Customer.id == customer.id))
    contacts = await contacts_of(session, [customer.id])
    return {
        "row": {k: v for k, v in (row or {}).items() if k not in {"search", "match_keys"}},
        "contacts": [[c.kind.value, c.canonical, c.typed, c.label, c.is_primary] for c in contacts],
        "tags": await tags_of(session, customer.id),
    }


def _keys(line: _Line) -> list[str]:
    columns = line.cleaned.columns
    return [f"{name}:{columns[name]}" for name in IDENTIFIERS if columns.get(name) is not None]


def _said(code: str) -> str:
    return code.partition(":")[0]


def _erased_in(line: _Line) -> list[Problem]:
    told = [*line.cleaned.problems, *line.notes]
    return [problem for problem in told if _said(problem.code) in ERASED_CODES]


def _row(asked: ImportedLines, line: _Line) -> dict[str, Any]:
    if line.cleaned.problems:
        line.outcome = ImportOutcome.REFUSED
    told = [*line.cleaned.problems, *line.notes]
    return {
        "import_id": asked.import_id,
        "line": line.number,
        "outcome": line.outcome,
        "problems": [{"field": p.field, "code": p.code} for p in told],
        "customer_id": line.customer_id,
        "revision": line.revision,
        "before": line.before,
    }
