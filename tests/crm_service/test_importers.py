"""Other systems' exports: history, people and files come over; stops and edits lose nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from api import running_api
from desk_sample import ALWAYS, person
from import_room import Room, names_of
from past_exports import chatwoot_export, glpi_export, mail_archive, osticket_export
from signed_in import sign_in

from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    BatchStatus,
    Blob,
    Customer,
    EntryKind,
    ImportBatch,
    ImportRecord,
    InboundMail,
    MailStatus,
    OutboxMessage,
    PastSystem,
    Role,
    Ticket,
    TicketPriority,
    TicketSla,
    TicketStatus,
    User,
)
from cogep_assist.crm_service.customers.customer_schemas import ContactBody, CustomerBody
from cogep_assist.crm_service.customers.customers import create_customer, remove_customer
from cogep_assist.crm_service.importers.chatwoot import ChatwootExport
from cogep_assist.crm_service.importers.glpi import GlpiExport
from cogep_assist.crm_service.importers.mail_archive import read_archive
from cogep_assist.crm_service.importers.mapping import WordMap, mapping_of
from cogep_assist.crm_service.importers.osticket import OsTicketExport
from cogep_assist.crm_service.importers.records import (
    BrokenRecord,
    PastAuthor,
    PastEntry,
    PastPerson,
    PastTicket,
)
from cogep_assist.crm_service.importers.rollback import roll_back_batch
from cogep_assist.crm_service.mail.mail_intake import Mailroom, process_mail
from cogep_assist.crm_service.mail.mail_keep import keep_raw
from cogep_assist.crm_service.sla.business_calendars import set_calendar
from cogep_assist.crm_service.sla.sla_policies import set_policy
from cogep_assist.crm_service.sla.sla_schemas import CalendarBody, PolicyBody, TargetBody
from cogep_assist.crm_service.tickets.ticket_detail import describe_ticket
from cogep_assist.crm_service.tickets.ticket_list import TicketFilter
from cogep_assist.crm_service.tickets.ticket_search import search_tickets
from cogep_assist.crm_service.tickets.ticket_write import write_entry
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.limits import ParseLimits

ZONE = ZoneInfo("America/Sao_Paulo")


@pytest.fixture(scope="module")
def pool() -> Iterator[ParserPool]:
    opened = ParserPool(1)
    yield opened
    opened.close()


@pytest.fixture
async def room(settings: Settings, database: Database, pool: ParserPool) -> Room:
    """A desk with an agent, and targets for every ticket."""
    async with database.begin() as session:
        helena = await person(session, "Helena Antunes", Role.AGENT)
        address = {"email": "helena@orgao.gov.br", "email_key": "helena@orgao.gov.br"}
        await session.execute(sa.update(User).where(User.id == helena.id).values(**address))
        week = CalendarBody(week=ALWAYS, public_holidays=False, optional_holidays=False)
        await set_calendar(session, SYSTEM, "Sempre", week)
        target = TargetBody(first_reply_minutes=240, resolution_minutes=2880)
        targets = dict.fromkeys(TicketPriority, target)
        await set_policy(session, SYSTEM, "Padrão", PolicyBody(calendar="Sempre", targets=targets))
    return Room(settings, database, pool)


async def test_each_system_keeps_its_history(room: Room, tmp_path: Path) -> None:
    glpi = GlpiExport(glpi_export(tmp_path / "glpi"), ZONE)
    _, report = await room.bring(glpi, PastSystem.GLPI)
    assert [one.code for one in glpi.broken] == ["ends_too_soon"]
    assert report.counts["ticket_created"] == 2  # one is in the bin, one is false
    rede = await room.ticket("GLPI 7")
    assert rede.created_at == datetime(2022, 2, 1, 12, tzinfo=UTC)
    assert (rede.status, rede.priority) == (TicketStatus.CLOSED, TicketPriority.URGENT)
    assert rede.assignee is not None
    assert [(e.kind, e.body.split("\n")[0]) for e in rede.entries] == [
        (EntryKind.MESSAGE, "Sem rede desde cedo"),
        (EntryKind.MESSAGE, "Ainda não funciona; d'água no cabo"),
        (EntryKind.NOTE, "Troquei o cabo"),
        (EntryKind.REPLY, "Cabo trocado"),
    ]
    assert [file.name for file in rede.entries[2].attachments] == ['tela "nova".png']
    joao, helena = "João Sant'Anna", "Helena Antunes"
    assert await names_of(room, rede) == [joao, joao, helena, helena]
    async with room.database.begin() as session:
        one = (await session.scalars(sa.select(Customer).where(Customer.name == joao))).one()
        # The number that a GLPI gives people is led to ours by its name.
        assert one.external_id == "1234567"

    osticket = OsTicketExport(osticket_export(tmp_path / "osticket"), ZONE)
    await room.bring(osticket, PastSystem.OSTICKET)
    assert [one.code for one in osticket.broken] == ["columns_differ"]
    certidao = await room.ticket("000123")
    assert certidao.subject == "Certidão de tempo de serviço"
    assert certidao.created_at == datetime(2021, 7, 1, 12, tzinfo=UTC)
    assert certidao.customer is not None
    assert certidao.customer.name == "Conceição Araújo"
    kinds = [EntryKind.MESSAGE, EntryKind.NOTE, EntryKind.REPLY]
    assert [entry.kind for entry in certidao.entries] == kinds
    (file,) = certidao.entries[2].attachments
    assert (file.name, file.media_type, file.size_bytes) == ("certidão.pdf", "application/pdf", 8)

    chatwoot = ChatwootExport(chatwoot_export(tmp_path / "chatwoot"), ZONE)
    _, report = await room.bring(chatwoot, PastSystem.CHATWOOT)
    assert [one.code for one in chatwoot.broken] == ["columns_differ"]
    boleto = await room.ticket("chatwoot #42")
    assert boleto.subject == "Oi! Quero minha 2ª via do boleto"
    assert boleto.status is TicketStatus.RESOLVED
    kinds = [EntryKind.MESSAGE, EntryKind.NOTE, EntryKind.REPLY]
    assert [entry.kind for entry in boleto.entries] == kinds
    assert [file.name for file in boleto.entries[0].attachments] == ["foto da conta.jpg"]

    # The page names the old number, and who wrote there without an account here.
    async with running_api(room.settings, room.database) as api:
        agent = await sign_in(api, "Bruno", Role.AGENT)
        page = await agent.client.get(f"/chamados/{rede.id}", headers={"Accept": "text/html"})
        assert "antes: glpi 7" in page.text
        assert joao.replace("'", "&#39;") in page.text
        found = await agent.client.get(f"/crm/tickets/{rede.id}")
        assert (found.json()["external_system"], found.json()["external_number"]) == ("glpi", "7")

    # Nothing was sent, promised or announced; the lists stand in order of time.
    assert await room.count(OutboxMessage) == 0
    assert await room.count(TicketSla) == 0
    async with room.database.begin() as session:
        opened = (await session.scalars(sa.select(Ticket.created_at).order_by(Ticket.id))).all()
        assert list(opened) == sorted(opened)
        # An agent goes on with one that was open: no target counts from years ago.
        crache = (await search_tickets(session, SYSTEM, "000124", TicketFilter()))[0].ticket
        await write_entry(session, SYSTEM, crache.id, "Retire no balcão.", reopen_days=30)
    assert await room.count(TicketSla) == 0
    # What the agent wrote goes out, as from any ticket.
    assert await room.count(OutboxMessage) > 0


async def test_people_keep_who_they_are(room: Room) -> None:
    async with room.database.begin() as session:
        for name, cpf, email, phone in (
            ("Ana Lúcia Prado", "529.982.247-25", "ana@exemplo.org", "61 98765-4321"),
            ("Ana Prado", None, "comum@exemplo.org", None),
            ("Rui Barbosa", None, "comum@exemplo.org", None),
        ):
            contacts = [ContactBody(kind="email", value=email)]  # type: ignore[arg-type]
            if phone:
                contacts.append(ContactBody(kind="phone", value=phone))  # type: ignore[arg-type]
            body = CustomerBody(name=name, cpf=cpf, contacts=contacts)
            await create_customer(session, SYSTEM, body)
    people = [
        PastPerson("cpf", "A. L. Prado", fields={"CPF": "52998224725"}),
        PastPerson("email", "Ana P.", emails=("ANA@exemplo.org",)),
        # The ninth digit was not there yet.
        PastPerson("phone", "Ana Lucia", phones=("(61) 8765-4321",)),
        PastPerson("house", "Bento Prado", phones=("61987654321",)),
        PastPerson(
            "other", "Ana Prado", emails=("ana@exemplo.org",), fields={"cpf": "93541134780"}
        ),
        PastPerson("several", "Quem?", emails=("comum@exemplo.org",)),
        PastPerson("firm", "Padaria Pão", fields={"CNPJ": "11.222.333/0001-81", "setor": "x"}),
        PastPerson("firm again", "Padaria", fields={"documento": "11222333000181"}),
        PastPerson("nobody", ""),
    ]
    for dry_run in (True, False):
        export = Made(people, [])
        _, report = await room.bring(export, PastSystem.ZAMMAD, dry_run=dry_run)
        assert dict(report.counts) | {"customer_known": 0} == {
            "customer_created": 3,
            "customer_matched": 4,
            "customer_refused": 2,
            "customer_known": 0,
            "matched_by_document": 2,
            "matched_by_email": 1,
            "matched_by_phone": 1,
        }
        refused = {one.external_id: one.problems for one in report.told}
        assert refused["several"] == ["line:matches_several"]
        assert refused["nobody"] == ["name:missing", "line:missing"]
    assert await room.count(Customer) == 6


async def test_a_stop_loses_nothing_and_what_was_edited_is_named(room: Room) -> None:
    asks = PastAuthor("p1", "Sônia Lacerda")
    at = datetime(2020, 1, 1, tzinfo=UTC)
    tickets = [
        PastTicket(
            key=str(n), number=str(n), subject=f"Pedido {n}", state="closed", priority="normal",
            queue="", customer_key="p1", assignee=None, created_at=at + timedelta(hours=n),
            entries=(PastEntry(EntryKind.MESSAGE, asks, f"pedido {n}", False, None),),
        )
        for n in range(1, 251)
    ]  # fmt: skip
    export = Made([PastPerson("p1", "Sônia Lacerda", emails=("sonia@exemplo.org",))], tickets)
    done: list[int] = []

    def pull_the_plug(count: int) -> None:
        done.append(count)
        if len(done) == 2:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await room.bring(export, PastSystem.GLPI, tell=pull_the_plug)
    assert await room.count(Ticket) == 100
    async with room.database.begin() as session:
        batch_id = (await session.scalars(sa.select(ImportBatch.id))).one()
    _, report = await room.bring(export, PastSystem.GLPI, batch_id=batch_id)
    assert (report.counts["ticket_known"], report.counts["ticket_created"]) == (100, 150)
    assert await room.count(Ticket) == 250
    async with room.database.begin() as session:
        batch = await session.get_one(ImportBatch, batch_id)
        assert (batch.status, batch.counts["ticket_created"]) == (BatchStatus.COMPLETED, 250)
    with pytest.raises(AppError, match="import_not_running"):
        await room.bring(export, PastSystem.GLPI, batch_id=batch_id)
    # Another origin with the same numbers is another installation.
    other, _ = await room.bring(Made([], tickets[:1]), PastSystem.GLPI, origin="glpi-sul")
    assert await room.count(Ticket, Ticket.external_number == "1") == 2

    edited = await room.ticket("GLPI 7")
    async with room.database.begin() as session:
        await write_entry(
            session, SYSTEM, edited.id, "Reaberto?", kind=EntryKind.NOTE, reopen_days=1
        )
    assert other is not None
    for keep in (False, True):
        async with room.database.begin() as session:
            if not keep:
                with pytest.raises(AppError, match="import_records_edited") as refused:
                    await roll_back_batch(session, SYSTEM, batch_id)
                assert refused.value.details["names"] == edited.protocol
                await session.rollback()
                continue
            taken = await roll_back_batch(session, SYSTEM, batch_id, keep_edited=True)
            # The edited ticket stays, and so does whom it is of.
            assert (taken.tickets, taken.customers, len(taken.kept)) == (249, 0, 2)
    assert await room.count(Ticket) == 2
    assert await room.count(ImportRecord, ImportRecord.batch_id == batch_id) == 2
    # What stayed is known: it does not come twice.
    _, report = await room.bring(export, PastSystem.GLPI)
    assert (report.counts["ticket_known"], report.counts["ticket_created"]) == (1, 249)


async def test_who_was_removed_does_not_come_back(room: Room) -> None:
    sonia = [PastPerson("p1", "Sônia Lacerda", emails=("sonia@exemplo.org",))]
    await room.bring(Made(sonia, []), PastSystem.ZAMMAD)
    async with room.database.begin() as session:
        customer_id = (await session.scalars(sa.select(Customer.id))).one()
        await remove_customer(session, SYSTEM, customer_id, expected=None)
    late = PastTicket(
        key="1", number="1", subject="x", state="closed", priority="", queue="",
        customer_key="p1", assignee=None, created_at=datetime(2020, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    _, report = await room.bring(Made(sonia, [late]), PastSystem.ZAMMAD)
    assert report.counts["ticket_refused"] == 1
    assert report.told[0].problems == ["customer:removed_since"]
    assert await room.count(Customer, Customer.removed_at.is_(None)) == 0


async def test_mail_becomes_conversations_that_go_on(room: Room, tmp_path: Path) -> None:
    path = mail_archive(tmp_path / "caixa.mbox")
    settings = room.settings.model_copy(update={"mail_inbox": "atende@orgao.test"})
    parsers = room.pool
    archive = await read_archive(path, set(), settings, parsers, ParseLimits(), lambda _: None)
    assert sorted(one.code for one in archive.broken) == [
        "no_sender", "repeated_in_file", "written_by_machine",
    ]  # fmt: skip
    batch_id, _ = await room.bring(archive, PastSystem.MAIL)
    async with room.database.begin() as session:
        found = (await session.scalars(sa.select(Ticket).order_by(Ticket.id))).all()
        assert [one.subject for one in found] == ["Certidão", "Outro assunto"]
        shown = await describe_ticket(session, SYSTEM, found[0].id)
    said = [(entry.kind, entry.body) for entry in shown.entries]
    assert said == [
        (EntryKind.MESSAGE, "Preciso da certidão.\nFrom here on: texto."),
        (EntryKind.REPLY, "Segue."),
        (EntryKind.MESSAGE, "Obrigada!"),
    ]
    assert [file.name for file in shown.entries[1].attachments] == ["certidão.pdf"]
    # An answer finds the old conversation, which ended too long ago to be taken up again; a mail
    # that is still in the mailbox comes in once.
    mailroom = Mailroom(settings, room.database, parsers, ParseLimits())
    later = (
        b"From: Zez\xc3\xa9 <zeze@exemplo.org>\nTo: atende@orgao.test\nMessage-ID: <z9@x>\n"
        b"In-Reply-To: <r1@orgao>\nSubject: Re: Certid=\n\nMais uma coisa.\n"
    )
    first = path.read_bytes().split(b"\n\nFrom ")[0].partition(b"\n")[2] + b"\n"
    for place, raw in (("hook:1", later), ("hook:2", first.replace(b">From here", b"From here"))):
        async with room.database.begin() as session:
            mail_id = await keep_raw(session, place, raw)
        assert mail_id is not None
        await process_mail(mailroom, mail_id)
    async with room.database.begin() as session:
        rows = await session.scalars(
            sa.select(InboundMail)
            .where(InboundMail.place.like("hook:%"))
            .order_by(InboundMail.place)
        )
        assert [(one.status, one.reason) for one in rows] == [
            (MailStatus.ACCEPTED, "follows"),
            (MailStatus.IGNORED, "duplicate"),
        ]
    assert batch_id is not None
    async with room.database.begin() as session:
        with pytest.raises(AppError, match="import_records_edited"):
            await roll_back_batch(session, SYSTEM, batch_id)
        await session.rollback()
    async with room.database.begin() as session:
        taken = await roll_back_batch(session, SYSTEM, batch_id, keep_edited=True)
    assert taken.tickets == 1
    assert await room.count(InboundMail, InboundMail.place.like("import:%")) == 2


async def test_files_and_mappings_that_are_wrong(room: Room, tmp_path: Path) -> None:
    empty = tmp_path / "vazia"
    empty.mkdir()
    (empty / "leia.txt").write_text("nada")
    with pytest.raises(AppError, match="import_export_unknown"):
        GlpiExport(empty, ZONE)
    with pytest.raises(AppError, match="import_export_missing"):
        GlpiExport(tmp_path / "não há", ZONE)
    for given in (
        [], {"system": "glpi"}, {"states": {"x": "aberto"}}, {"queues": {"x": 3}}, {"outro": 1},
    ):  # fmt: skip
        with pytest.raises(AppError, match="import_map_invalid"):
            mapping_of(given, PastSystem.ZAMMAD)
    one = PastTicket("1", "1", "x", "girando", "", "", None, None, datetime(2020, 1, 1, tzinfo=UTC))
    for mapping, code in (
        (WordMap(), "import_unmapped"),
        (WordMap(states={"girando": "open"}, queues={"": "Não há"}), "import_map_invalid"),
        (WordMap(states={"girando": "open"}, agents={"a": "n@x.br"}), "import_map_invalid"),
    ):
        room.mapping = mapping
        with pytest.raises(AppError, match=code):
            await room.bring(Made([], [one]), PastSystem.ZAMMAD)
    assert await room.count(Ticket) == 0
    assert await room.count(Blob) == 0


@dataclass
class Made:
    """An export that a test makes up."""

    listed: list[PastPerson]
    opened: list[PastTicket]
    broken: list[BrokenRecord] = field(default_factory=list)

    def people(self) -> Iterator[PastPerson]:
        yield from self.listed

    def tickets(self) -> Iterator[PastTicket]:
        yield from self.opened

    def close(self) -> None:
        return
