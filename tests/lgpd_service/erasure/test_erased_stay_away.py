"""Files older than an erasure: who was erased does not come back by them, unless it is said why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    AuditEvent,
    Customer,
    CustomerImportLine,
    EntryKind,
    ErasureTombstone,
    OnDuplicate,
    PastSystem,
    Ticket,
    TicketEntry,
)
from cogep_assist.core.principal import SYSTEM
from cogep_assist.core.tombstones import Arriving, who_was_erased
from cogep_assist.crm_service.customers.customer_import import (
    ImportOptions,
    apply_preview,
    find_import,
    run_import,
    start_import,
)
from cogep_assist.crm_service.customers.customer_labels import problem_words
from cogep_assist.crm_service.customers.customer_schemas import ContactBody, CustomerBody
from cogep_assist.crm_service.customers.customers import create_customer
from cogep_assist.crm_service.importers.batches import begin_batch, readmits_erased, run_batch
from cogep_assist.crm_service.importers.labels import problem_words as record_words
from cogep_assist.crm_service.importers.mapping import WordMap
from cogep_assist.crm_service.importers.records import (
    BrokenRecord,
    PastAuthor,
    PastEntry,
    PastPerson,
    PastTicket,
)
from cogep_assist.crm_service.importers.report import Report
from cogep_assist.crm_service.importers.slices import Run
from cogep_assist.lgpd_service.erasure.erased_values import without_erased
from cogep_assist.lgpd_service.erasure.erasure_run import run_erasure
from cogep_assist.lgpd_service.erasure.erasures import confirm_erasure, plan_erasure
from cogep_assist.lgpd_service.subject_data.identity import subject_of_customer
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.limits import ParseLimits

CPF, OTHER_CPF = "529.982.247-25", "935.411.347-80"
NAME = "Iolanda Mascarenhas Quitéria"
FILE = f"""\
nome;cpf;e-mail;telefone
{NAME};{CPF};;
Iolanda M. Q.;;IOLANDA@exemplo.org;
Iolanda Quitéria;;;(61) 98765-4321
iolanda  mascarenhas QUITERIA;{OTHER_CPF};outra@exemplo.org;
Bento Quitéria;111.444.777-35;iolanda@exemplo.org;61 98765-4321
Rui Barbosa;;rui@exemplo.org;
"""


@dataclass
class Made:
    """An export that is made up."""

    past_people: Sequence[PastPerson]
    past_tickets: Sequence[PastTicket]
    broken: list[BrokenRecord] = field(default_factory=list)

    def people(self) -> Any:
        return iter(self.past_people)

    def tickets(self) -> Any:
        return iter(self.past_tickets)

    def close(self) -> None: ...


@pytest.fixture
async def day(settings: Settings, database: Database) -> str:
    """Somebody was erased; return the day as people read it."""
    async with database.begin() as session:
        contacts = [
            ContactBody(kind="email", value="iolanda@exemplo.org"),  # type: ignore[arg-type]
            ContactBody(kind="phone", value="61 98765-4321"),  # type: ignore[arg-type]
        ]
        made = await create_customer(
            session, SYSTEM, CustomerBody(name=NAME, cpf=CPF, contacts=contacts)
        )
    async with database.begin() as session:
        subject = await subject_of_customer(session, made.id)
        planned = await plan_erasure(session, SYSTEM, subject)
    async with database.begin() as session:
        await confirm_erasure(session, SYSTEM, planned.id, planned.protocol)
    await run_erasure(database, settings.data_dir, planned.id)
    async with database.begin() as session:
        at = await session.scalar(sa.select(ErasureTombstone.created_at))
    assert at is not None
    return f"{at.astimezone(ZoneInfo(settings.timezone)):%d/%m/%Y}"


async def names(database: Database) -> list[str]:
    async with database.begin() as session:
        living = sa.select(Customer.name).where(Customer.removed_at.is_(None))
        return sorted(await session.scalars(living))


async def test_a_spreadsheet_does_not_bring_them_back(
    settings: Settings, database: Database, day: str
) -> None:
    async with database.begin() as session:
        options = ImportOptions("velha.csv", dry_run=True, on_duplicate=OnDuplicate.SKIP)
        made = await start_import(session, SYSTEM, FILE.encode(), options)
    for dry_run in (True, False):
        if not dry_run:
            async with database.begin() as session:
                await apply_preview(session, SYSTEM, made.id)
        await run_import(database, settings, SYSTEM, made.id)
        async with database.begin() as session:
            counts = (await find_import(session, SYSTEM, made.id)).counts
            lines = await session.scalars(sa.select(CustomerImportLine))
            told = {one.line: [problem_words(p["code"]) for p in one.problems] for one in lines}
        assert counts == {"refused": 3, "created": 3, "erased": 3, "perhaps_erased": 2}
        said = f"é de pessoa eliminada em {day} a pedido: não importada"
        perhaps = f"tem nome ou e-mail de pessoa eliminada em {day}: confira se é a mesma"
        assert told == {2: [said], 3: [said], 4: [said], 5: [perhaps], 6: [perhaps], 7: []}
    assert await names(database) == [
        "Bento Quitéria",
        "Rui Barbosa",
        "iolanda mascarenhas QUITERIA",
    ]

    # The exception: its reason is kept, its hash audited; without words it is none.
    async with database.begin() as session:
        empty = ImportOptions(readmit_reason="  ")
        with pytest.raises(AppError, match="readmission_without_reason"):
            await start_import(session, SYSTEM, FILE.encode(), empty)
        options = ImportOptions(readmit_reason="novo contrato assinado pela titular")
        again = await start_import(session, SYSTEM, FILE.encode(), options)
    await run_import(database, settings, SYSTEM, again.id)
    async with database.begin() as session:
        counts = (await find_import(session, SYSTEM, again.id)).counts
        assert counts["readmitted"] == 3
        assert counts["skipped"] == 2
        details = await session.scalar(
            sa.select(AuditEvent.details).where(
                AuditEvent.object_id == str(again.id), AuditEvent.act == "customer_import_started"
            )
        )
    assert details is not None
    assert details["readmits_erased"] is True
    assert "contrato" not in str(details)
    assert NAME in await names(database)


async def test_an_export_brings_neither_them_nor_their_tickets(
    settings: Settings, database: Database, day: str
) -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC)
    she, he = PastAuthor("i", NAME, "iolanda@exemplo.org"), PastAuthor("r", "Rui Barbosa")
    words = f"Falei com a Iolanda Mascarenhas\nQuitéria, CPF {CPF}, sobre a Iolanda Prado."

    def ticket(key: str, *entries: tuple[PastAuthor, str]) -> PastTicket:
        return PastTicket(
            key=key, number=key, subject="Pedido", state="closed", priority="normal", queue="",
            customer_key=key, assignee=None, created_at=at,
            entries=tuple(PastEntry(EntryKind.MESSAGE, a, b, False, None) for a, b in entries),
        )  # fmt: skip

    people = [
        PastPerson("i", "Iolanda", fields={"cpf": CPF}),
        PastPerson("r", "Rui Barbosa", emails=("rui@exemplo.org",)),
    ]
    export = Made(
        people, [ticket("i", (she, "Quero férias")), ticket("r", (he, words), (she, "Oi"))]
    )
    pool = ParserPool(1)

    async def bring(batch_id: UUID | None, *, readmits: bool = False) -> Report:
        report = Report()
        await run_batch(
            Run(
                database, SYSTEM, settings, pool, ParseLimits(), export, WordMap(), "velho",
                batch_id, report, lambda _: None, readmits,
                partial(without_erased, data_dir=settings.data_dir),
            )
        )  # fmt: skip
        return report

    async def begin(reason: str | None = None) -> UUID:
        async with database.begin() as session:
            batch = await begin_batch(session, SYSTEM, PastSystem.ZAMMAD, "velho", "x", {})
            assert await readmits_erased(session, SYSTEM, batch.id, reason) is (reason is not None)
            return batch.id

    try:
        for batch_id in (None, await begin()):
            report = await bring(batch_id)
            told = {(one.kind, one.external_id): one.problems for one in report.told}
            assert [record_words(code) for code in told["customer", "i"]] == [
                f"registro é de pessoa eliminada em {day} a pedido: não importada"
            ]
            assert report.counts["customer_erased"] == 1
            assert "solicitante é de pessoa eliminada" in record_words(told["ticket", "i"][0])
            assert told["ticket", "r"] == ["text:erased_masked"]
        assert await names(database) == ["Rui Barbosa"]
        async with database.begin() as session:
            bodies = list(await session.scalars(sa.select(TicketEntry.body).order_by("created_at")))
            authors = set(await session.scalars(sa.select(TicketEntry.author)))
            assert await session.scalar(sa.select(sa.func.count()).select_from(Ticket)) == 1
        (masked,) = [body for body in bodies if body.startswith("Falei")]
        assert "Mascarenhas" not in masked
        assert "Quitéria" not in masked
        assert CPF not in masked
        # Another person of the same first name stays.
        assert masked.endswith("sobre a Iolanda Prado.")
        assert len(masked) == len(words)
        assert NAME not in str(authors)
        # With a reason they come, and whatever was refused is looked at anew.
        await bring(await begin("dever legal de guarda"), readmits=True)
        assert await names(database) == ["Iolanda", "Rui Barbosa"]
    finally:
        pool.close()


async def test_tombstones_of_the_data_folder_count_too(
    settings: Settings, database: Database, database_url: URL, day: str
) -> None:
    """A restored database does not know an erasure that found nobody in it."""
    asked = [
        Arriving(("Qualquer Nome",), (("cpf", "52998224725"),)),
        Arriving(("Iolanda Prado",), (("phone", "+5561987654321"),)),
        Arriving(("Bento Prado",), (("phone", "+5561987654321"),)),
        Arriving((), ()),
    ]
    with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
        owner.execute("TRUNCATE lgpd.erasure_tombstone")
    async with database.begin() as session:
        found = await who_was_erased(session, settings, asked)
    assert [one and one.sure for one in found] == [True, True, None, None]
    assert found[0] is not None
    assert f"{found[0].on:%d/%m/%Y}" == day
