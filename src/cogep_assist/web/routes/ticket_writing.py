"""Writing: a new ticket, a reply, a note; what was typed comes back when it was not taken."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from cogep_assist.core.errors import AppError
from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import EntryKind, TicketStatus, WaitingOn
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.desk.desk_choices import Choice, desk_choices
from cogep_assist.crm_service.tickets.cited_reply import PlaceRef, cited_passages, read_place
from cogep_assist.crm_service.tickets.reply_hold import hold_reply, take_reply_back
from cogep_assist.crm_service.tickets.ticket_attachments import AttachedFile, attach_files
from cogep_assist.crm_service.tickets.ticket_move import Move, move_ticket
from cogep_assist.crm_service.tickets.ticket_upload import attached_files, read_upload
from cogep_assist.crm_service.tickets.ticket_write import check_seen, write_entry
from cogep_assist.edge.idempotent import once
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.web.outcome import done
from cogep_assist.web.routes.ticket_pages import ticket_page

router = guarded_router(include_in_schema=False)
WRITE = rule(Login.SESSION, Act.OPEN_TICKETS)
WORK = rule(Login.SESSION, Act.WORK_TICKETS)
KINDS = {"resposta": EntryKind.REPLY, "nota": EntryKind.NOTE, "mensagem": EntryKind.MESSAGE}
AFTERWARDS = {
    "resolver": Move(TicketStatus.RESOLVED),
    "aguardar": Move(TicketStatus.WAITING, None, WaitingOn.CUSTOMER),
}
TAKEN_BACK = "A resposta foi desfeita e voltou para o campo: ninguém a recebeu."
TOLD = {
    EntryKind.REPLY: "A resposta foi enviada.",
    EntryKind.NOTE: "A nota foi guardada.",
    EntryKind.MESSAGE: "A mensagem foi enviada.",
}


@router.post("/chamados/{ticket_id}/escrever", dependencies=[WRITE])
async def write(request: Request, ticket_id: UUID, principal: PrincipalDep) -> Response:
    """Write on a ticket; a reply may settle where the ticket goes from there."""
    database = edge_state(request).database
    form = await _form(request)
    try:
        kind = _kind(principal, str(form.get("tipo", "")))
        if form.get("depois") == "editar":
            async with database.begin() as session:
                return await ticket_page(request, session, principal, ticket_id, draft=_draft(form))
        async with database.begin() as session:
            await _write(request, session, principal, ticket_id, kind, form)
    except AppError as problem:
        if "hx-request" in request.headers or problem.status == 404:
            raise
        async with database.begin() as session:
            return await ticket_page(
                request, session, principal, ticket_id, draft=_draft(form), problem=problem
            )
    finally:
        await form.close()
    href, told = f"/chamados/{ticket_id}", TOLD[kind]
    if _held(request, principal, kind):
        seconds = edge_state(request).settings.reply_undo_seconds
        told = f"A resposta sai em {seconds} segundos. Até lá, “Desfazer” a traz de volta."
    return done(href, told, draft=f"chamado-{ticket_id}", request=request)


@router.post("/chamados/{ticket_id}/respostas/{entry_id}/desfazer", dependencies=[WORK])
async def take_back(
    request: Request, ticket_id: UUID, entry_id: UUID, principal: PrincipalDep
) -> Response:
    """Take a reply back before it goes out, and put its words into the composer again."""
    database = edge_state(request).database
    async with database.begin() as session:
        taken = await take_reply_back(session, principal, ticket_id, entry_id)
    places = [
        PlaceRef(UUID(one["document_id"]), one["version"], one["start"], one["end"])
        for one in taken.citations
    ]
    draft = {"texto": taken.body, "fontes": [str(place) for place in places]}
    async with database.begin() as session:
        return await ticket_page(
            request, session, principal, ticket_id, draft=draft, told=TAKEN_BACK
        )


def _held(request: Request, principal: Principal, kind: EntryKind) -> bool:
    """Tell whether what is written goes out a little later; a person has to be there to undo it."""
    seconds = edge_state(request).settings.reply_undo_seconds
    return kind is EntryKind.REPLY and seconds > 0 and principal.user_id is not None


async def _form(request: Request) -> FormData:
    """Read the form: with files where a script sent it, without where the browser did."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await read_upload(request, edge_state(request).settings)
    return await request.form()


def _kind(principal: Principal, word: str) -> EntryKind:
    if not principal.may(Act.WORK_TICKETS):
        return EntryKind.MESSAGE
    if word not in KINDS:
        raise invalid_field("tipo", "deve ser resposta, nota ou mensagem")
    return KINDS[word]


async def _write(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    ticket_id: UUID,
    kind: EntryKind,
    form: FormData,
) -> None:
    text, files = str(form.get("texto", "")), await attached_files(form)
    if kind is EntryKind.REPLY:
        await check_seen(session, principal, ticket_id, _seen(form))

    async def work() -> StoredReply:
        await _entry(request, session, principal, ticket_id, kind, text, files, form)
        return StoredReply(201, {})

    raw = repr((kind.value, text, [(one.name, one.sha256) for one in files])).encode()
    await once(request, session, principal, str(form.get("chave", "")) or None, raw, work)


async def _entry(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    ticket_id: UUID,
    kind: EntryKind,
    text: str,
    files: Sequence[AttachedFile],
    form: FormData,
) -> None:
    settings = edge_state(request).settings
    days = settings.ticket_reopen_days
    afterwards = AFTERWARDS.get(str(form.get("depois", "")))
    places = [read_place(str(one)) for one in form.getlist("fonte")]
    citations = await cited_passages(session, principal, places)
    if _held(request, principal, kind):
        await hold_reply(
            session,
            principal,
            ticket_id,
            text,
            seconds=settings.reply_undo_seconds,
            then=afterwards.status if afterwards else None,
            citations=citations,
            files=files,
        )
        return
    told: dict[str, Any] = {
        "kind": kind,
        "citations": citations,
        "mentions": await _mentions(session, principal, kind, text),
        "reopen_days": days,
    }
    if files:
        body = text if text.strip() else None
        await attach_files(session, principal, ticket_id, files, body=body, **told)
    else:
        await write_entry(session, principal, ticket_id, text, **told)
    if afterwards is not None and kind is EntryKind.REPLY:
        await move_ticket(session, principal, ticket_id, afterwards, reopen_days=days)


async def _mentions(
    session: AsyncSession, principal: Principal, kind: EntryKind, text: str
) -> list[UUID]:
    """Return the colleagues whose name stands in a note after an @."""
    if kind is not EntryKind.NOTE or "@" not in text:
        return []
    people: list[Choice] = (await desk_choices(session, principal)).people
    return [one.id for one in people if f"@{one.name}".casefold() in text.casefold()][:20]


def _seen(form: FormData) -> UUID | None:
    try:
        return UUID(str(form.get("visto", "")))
    except ValueError:
        return None


def _draft(form: FormData) -> dict[str, Any]:
    return {
        "texto": str(form.get("texto", "")),
        "tipo": str(form.get("tipo", "resposta")),
        "fontes": [str(one) for one in form.getlist("fonte")],
    }
