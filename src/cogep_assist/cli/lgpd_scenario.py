"""A scenario of data subjects brought in through the product: what ``lgpd selftest`` erases.

The file is a list of subjects, each with a record, tickets, a mention in somebody else's ticket,
a document, a conversation, a message in the queue, and what is expected. Texts under names that
nobody knows here are written into notes of the subject's ticket, so that they are looked for too.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.cli.waiting import wait_for_jobs
from cogep_assist.core import outbox
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Answer,
    AnswerMode,
    BackgroundJob,
    ContactKind,
    Conversation,
    EntryKind,
    KeepingGround,
)
from cogep_assist.core.principal import SYSTEM
from cogep_assist.crm_service.customers.customer_schemas import ContactBody, CustomerBody
from cogep_assist.crm_service.customers.customers import create_customer
from cogep_assist.crm_service.tickets.ticket_attachments import AttachedFile, attach_files
from cogep_assist.crm_service.tickets.ticket_index import INDEX_TICKET, index_ticket
from cogep_assist.crm_service.tickets.ticket_open import NewTicket, open_ticket
from cogep_assist.crm_service.tickets.ticket_write import write_entry
from cogep_assist.ingestion_service.submission import Options, text_submission
from cogep_assist.ingestion_service.submissions import submit
from cogep_assist.lgpd_service.keeping.keepings import keep
from cogep_assist.lgpd_service.keeping.legal_holds import place_hold

COLLECTION = "atas-de-teste"
NEVER = date(2099, 12, 31)
KNOWN = {
    "titular",
    "cliente",
    "base_legal",
    "guarda_legal",
    "documento_publico_sem_prazo_vencido",
    "chamados",
    "mencao_em_chamado_de_terceiro",
    "documento_rag",
    "conversa_llm",
    "tarefa_fila",
    "sentinelas",
    "esperado",
    "esperado_sentinelas_restantes",
}
KEEPING_BASES = {
    "obrigacao_legal": (KeepingGround.LEGAL_OBLIGATION, "obrigação legal do controlador"),
    "execucao_politica_publica": (KeepingGround.PUBLIC_POLICY, "política pública em execução"),
}


@dataclass(slots=True)
class LoadedSubject:
    """One subject of the scenario, as the product has them now."""

    told: Mapping[str, Any]
    customer_id: UUID
    tickets: list[UUID] = field(default_factory=list)

    @property
    def expected(self) -> str:
        """What the scenario says must become of the request."""
        return str(self.told["esperado"])

    @property
    def sentinels(self) -> list[str]:
        """The values that must be gone, or stay."""
        return [str(value) for value in self.told["sentinelas"]]


def read_scenario(folder: Path) -> list[dict[str, Any]]:
    """Read ``cenario.json`` of a folder. Raises AppError("selftest_scenario_missing")."""
    path = folder / "cenario.json" if folder.is_dir() else folder
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise AppError("selftest_scenario_missing", path=str(path)) from None
    subjects: list[dict[str, Any]] = told["titulares"] if isinstance(told, dict) else told
    return subjects


async def load_scenario(
    settings: Settings, database: Database, scenario: Sequence[Mapping[str, Any]]
) -> list[LoadedSubject]:
    """Bring every subject in, each text through the use-case that people reach it by."""
    loaded = []
    for told in scenario:
        async with database.begin() as session:
            loaded.append(await _load_record(session, settings, told))
    by_number = {one.told.get("titular"): one for one in loaded}
    for one in loaded:
        async with database.begin() as session:
            await _load_words(session, one, by_number)
    await _load_documents(settings, database, loaded)
    await _index_tickets(database)
    for one in loaded:
        async with database.begin() as session:
            await _load_grounds(session, one)
    return loaded


async def _load_record(
    session: AsyncSession, settings: Settings, told: Mapping[str, Any]
) -> LoadedSubject:
    record = told["cliente"]
    contacts = [
        ContactBody(kind=kind, value=record[name])
        for name, kind in (("email", ContactKind.EMAIL), ("telefone", ContactKind.PHONE))
        if record.get(name)
    ]
    customer = await create_customer(
        session,
        SYSTEM,
        CustomerBody(
            name=record["nome"],
            cpf=record.get("cpf"),
            contacts=contacts,
            notes=_others(record, {"nome", "cpf", "email", "telefone"}) or None,
        ),
    )
    one = LoadedSubject(told, customer.id)
    for ticket in told.get("chamados", []):
        new = NewTicket(subject=ticket["titulo"], body=ticket["corpo"], customer_id=customer.id)
        opened = await open_ticket(session, SYSTEM, new, settings.timezone)
        one.tickets.append(opened.id)
        for message in ticket.get("mensagens", []):
            by_agent = message.get("autor") == "agente"
            kind = EntryKind.REPLY if by_agent else EntryKind.NOTE
            await write_entry(
                session, SYSTEM, opened.id, message["texto"], kind=kind, reopen_days=30
            )
        if ticket.get("anexo_texto"):
            await _attach(session, opened.id, "declaracao.txt", ticket["anexo_texto"].encode())
        rest = _others(ticket, {"chamado", "titulo", "corpo", "mensagens", "anexo_texto"})
        if rest:
            await write_entry(session, SYSTEM, opened.id, rest, kind=EntryKind.NOTE, reopen_days=30)
    return one


async def _load_words(
    session: AsyncSession,
    one: LoadedSubject,
    by_number: Mapping[Any, LoadedSubject],
) -> None:
    """Write what other places say of a subject: others' tickets, conversations, the queue."""
    mention = one.told.get("mencao_em_chamado_de_terceiro")
    owner = by_number.get(mention.get("titular_dono")) if mention else None
    if mention and owner and owner.tickets:
        await write_entry(
            session, SYSTEM, owner.tickets[0], mention["texto"], kind=EntryKind.NOTE, reopen_days=30
        )
    turns = one.told.get("conversa_llm") or []
    if turns:
        await _converse(session, turns)
    task = one.told.get("tarefa_fila")
    if task:
        arguments = task.get("args", {})
        key = f"customer:{uuid7()}"
        await outbox.post(session, outbox.MAIL, key, {"to": arguments.get("para"), **arguments})
        session.add(BackgroundJob(kind="selftest_mail", subject=str(uuid7()), payload=dict(task)))
        await session.flush()
    rest = _others(one.told, KNOWN)
    if rest and one.tickets:
        await write_entry(
            session, SYSTEM, one.tickets[0], rest, kind=EntryKind.NOTE, reopen_days=30
        )


async def _converse(session: AsyncSession, turns: Sequence[Mapping[str, Any]]) -> None:
    conversation = Conversation(owner="anonymous")
    session.add(conversation)
    await session.flush()
    asked = ""
    for turn in turns:
        if turn.get("papel") == "usuario":
            asked = turn["texto"]
            continue
        session.add(
            Answer(
                conversation_id=conversation.id,
                question=asked,
                abstained=False,
                mode=AnswerMode.EXTRACTIVE,
                sentences=[{"text": turn["texto"], "citations": []}],
                took_ms=1,
            )
        )
    await session.flush()


async def _load_documents(
    settings: Settings, database: Database, loaded: Sequence[LoadedSubject]
) -> None:
    submissions = [
        text_submission(
            document["texto"],
            Options(collection=COLLECTION, title=document.get("titulo", "Documento")[:200]),
            settings,
        )
        for one in loaded
        if (document := one.told.get("documento_rag"))
    ]
    if submissions:
        ids = await submit(database, SYSTEM, submissions)
        await wait_for_jobs(settings, database, ids, tell=lambda _jobs: None)


async def _index_tickets(database: Database) -> None:
    """Index what was written on tickets, as the worker would within a moment."""
    async with database.begin() as session:
        waiting = await session.scalars(
            sa.select(BackgroundJob.subject).where(BackgroundJob.kind == INDEX_TICKET).distinct()
        )
        subjects = list(waiting)
    for subject in subjects:
        async with database.begin() as session:
            await index_ticket(session, subject)
            await session.execute(
                sa.delete(BackgroundJob).where(
                    BackgroundJob.kind == INDEX_TICKET, BackgroundJob.subject == subject
                )
            )


async def _load_grounds(session: AsyncSession, one: LoadedSubject) -> None:
    """Record what stands against an elimination, as the people of the desk would."""
    base = KEEPING_BASES.get(str(one.told.get("base_legal")))
    if base is not None:
        await keep(session, SYSTEM, "customer", one.customer_id, *base, NEVER)
    if one.told.get("documento_publico_sem_prazo_vencido"):
        for ticket_id in one.tickets:
            await keep(
                session, SYSTEM, "ticket", ticket_id, KeepingGround.PUBLIC_ARCHIVE, "020.1", NEVER
            )
    if one.told.get("guarda_legal"):
        await place_hold(session, SYSTEM, reason="processo em curso", customer_id=one.customer_id)


async def _attach(session: AsyncSession, ticket_id: UUID, name: str, content: bytes) -> None:
    file = AttachedFile(name, "text/plain", hashlib.sha256(content).digest(), content)
    await attach_files(
        session, SYSTEM, ticket_id, [file], body=None, kind=EntryKind.NOTE, reopen_days=30
    )


def _others(told: Mapping[str, Any], known: set[str]) -> str:
    """Return what a scenario tells beside the names that are known here, as a text."""
    rest = {name: value for name, value in told.items() if name not in known}
    return json.dumps(rest, ensure_ascii=False) if rest else ""
