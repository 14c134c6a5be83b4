"""Customers: found, looked at, revealed, related, removed."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Customer, CustomerKind, RelationKind
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.actor_names import actor_names
from cogep_assist.crm_service.customers.customer_badges import CustomerBadges, customer_badges
from cogep_assist.crm_service.customers.customer_duplicates import list_duplicates
from cogep_assist.crm_service.customers.customer_fields import list_fields
from cogep_assist.crm_service.customers.customer_labels import FIELDS, KIND, RELATION_KIND
from cogep_assist.crm_service.customers.customer_papers import CONSENT_WORDS, customer_papers
from cogep_assist.crm_service.customers.customer_relations import (
    add_relation,
    relations_of,
    remove_relation,
)
from cogep_assist.crm_service.customers.customer_replies import (
    customer_items,
    customer_reply,
    duplicate_replies,
)
from cogep_assist.crm_service.customers.customer_reveal import reveal_cpf
from cogep_assist.crm_service.customers.customer_schemas import EventReply, RelationBody
from cogep_assist.crm_service.customers.customer_search import (
    Filters,
    Match,
    list_customers,
    search_customers,
)
from cogep_assist.crm_service.customers.customer_timeline import list_events
from cogep_assist.crm_service.customers.customers import find_customer, remove_customer
from cogep_assist.crm_service.sla.sla_countdown import countdowns
from cogep_assist.crm_service.tickets.ticket_list import TicketFilter, list_tickets
from cogep_assist.edge.cursors import decode_id_cursor
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.lgpd_service.consent.minors import MINORITY_WORDS, minority_of
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render
from cogep_assist.web.ticket_rows import ticket_rows

router = guarded_router(include_in_schema=False)
READ_ALL = rule(Login.SESSION, Act.SEE_EVERY_CUSTOMER)
MANAGE = rule(Login.SESSION, Act.MANAGE_CUSTOMERS)
REVEAL = rule(Login.SESSION, Act.REVEAL_IDENTIFIERS, rate=Rate.ASK)
PAGE = 50
EVENTS = 20
TICKETS = 10
# How a search found somebody, where that is not plain to see.
MATCHES = {
    "identifier": "pelo documento",
    "contact": "pelo contato",
    "protocol": "pelo protocolo",
    "similar": "nome parecido",
}
TICKET_STATES = {
    "new": "novo",
    "open": "em atendimento",
    "waiting": "aguardando",
    "resolved": "resolvido",
    "closed": "fechado",
}


@router.get("/clientes", dependencies=[READ_ALL])
async def customers(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    q: str = "",
    tipo: str = "",
    etiqueta: str = "",
    cursor: str | None = None,
) -> Response:
    """List customers by name, or the best of a search."""
    filters = Filters(_kind(tipo), etiqueta.strip()[:100] or None)
    words, found_more = q.strip()[:200], False
    more: UUID | None = None
    rows: Sequence[tuple[Customer, Match | None]]
    if words:
        found = await search_customers(session, principal, words, filters, limit=PAGE)
        rows, found_more = found.items, found.more
    else:
        after = decode_id_cursor(cursor)
        listed, more = await list_customers(session, principal, filters, limit=PAGE, after=after)
        rows = [(row, None) for row in listed]
    items = await customer_items(session, rows)
    badges = await customer_badges(session, principal, [one.id for one in items])
    return render(
        request,
        "customers/list.html",
        items=[(one, badges[one.id], MATCHES.get(one.match or "", "")) for one in items],
        words=words,
        kind=tipo,
        tag=etiqueta,
        found_more=found_more,
        kinds=[(one.value, words.capitalize()) for one, words in KIND.items()],
        kind_words=KIND,
        next_href=f"/clientes?tipo={tipo}&etiqueta={etiqueta}&cursor={more}" if more else "",
        first_href="/clientes" if cursor else "",
        may_manage=principal.may(Act.MANAGE_CUSTOMERS),
        may_import=principal.may(Act.IMPORT_CUSTOMERS),
        may_export=principal.may(Act.EXPORT_CUSTOMERS),
    )


@router.get("/clientes/{customer_id}", dependencies=[READ_ALL])
async def customer(
    request: Request,
    customer_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    cursor: str | None = None,
) -> Response:
    """Show one customer; one that was merged leads to whom they were merged into."""
    try:
        return await _profile(request, session, principal, customer_id, cursor=cursor)
    except AppError as error:
        if error.code != "customer_merged":
            raise
        return RedirectResponse(f"/clientes/{error.details['merged_into']}", status_code=303)


@router.get("/clientes/{customer_id}/ligados", dependencies=[READ_ALL])
async def beside(
    request: Request, customer_id: UUID, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Show a customer's tickets and possible duplicates, for the page to take in."""
    found = await find_customer(session, principal, customer_id)
    wanted = TicketFilter(customer_id=customer_id)
    listed, more = await list_tickets(session, principal, wanted, limit=TICKETS)
    left = await countdowns(session, [one.id for one in listed])
    pairs, _ = await list_duplicates(session, principal, customer_id=customer_id, limit=5)
    duplicates = await duplicate_replies(session, pairs)
    papers = await customer_papers(session, principal, customer_id)
    return render(
        request,
        "customers/_beside.html" if "hx-request" in request.headers else "customers/beside.html",
        customer=found,
        tickets=ticket_rows(listed, left),
        more=more is not None,
        files=[one for one in papers if one.kind == "file"],
        consents=[
            (one, CONSENT_WORDS.get(one.act, one.act)) for one in papers if one.kind == "consent"
        ],
        duplicates=[
            (one, one.second if one.first.id == customer_id else one.first) for one in duplicates
        ],
        may_manage=principal.may(Act.MANAGE_CUSTOMERS),
        may_merge=principal.may(Act.MERGE_CUSTOMERS),
    )


@router.post("/clientes/{customer_id}/revelar", dependencies=[REVEAL])
async def reveal(
    request: Request,
    customer_id: UUID,
    principal: PrincipalDep,
    session: SessionDep,
    motivo: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Show a CPF whole, once; who saw it and why is written down."""
    reason = motivo.strip()
    if len(reason) < 5:
        raise invalid_field("motivo", "deve ter ao menos 5 letras")
    cpf = await reveal_cpf(session, principal, customer_id, reason)
    if "hx-request" in request.headers:
        return render(request, "customers/_revealed.html", cpf=cpf)
    return await _profile(request, session, principal, customer_id, cpf=cpf)


@router.post("/clientes/{customer_id}/relacoes", dependencies=[MANAGE])
async def relate(
    request: Request,
    customer_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    relacao: Annotated[str, Form(max_length=40)] = "",
    outro: Annotated[str, Form(max_length=200)] = "",
    nota: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Say what one customer is to another, who is named as a search takes it."""
    found = await search_customers(session, principal, outro, Filters(), limit=2)
    if len(found.items) != 1:
        how_many = (
            "corresponde a mais de um cadastro"
            if found.items
            else "não corresponde a nenhum cadastro"
        )
        raise invalid_field("outro cliente", f"{how_many}; use o documento ou o e-mail")
    try:
        kind = RelationKind(relacao)
    except ValueError:
        raise invalid_field("relação", "deve ser uma das escolhas da lista") from None
    body = RelationBody(kind=kind, other_id=found.items[0][0].id, note=nota.strip() or None)
    await add_relation(session, principal, customer_id, body)
    return done(f"/clientes/{customer_id}", "A relação foi guardada.", request=request)


@router.post("/clientes/{customer_id}/relacoes/{relation_id}/remover", dependencies=[MANAGE])
async def unrelate(
    request: Request,
    customer_id: UUID,
    relation_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
) -> Response:
    """Take a relation back."""
    await remove_relation(session, principal, customer_id, relation_id)
    return done(f"/clientes/{customer_id}", "A relação foi retirada.", request=request)


@router.post("/clientes/{customer_id}/remover", dependencies=[MANAGE])
async def remove(
    request: Request,
    customer_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    revisao: Annotated[int | None, Form(ge=1)] = None,
) -> Response:
    """Take a customer out of lists and searches."""
    await remove_customer(session, principal, customer_id, expected=revisao)
    return done("/clientes", "O cadastro saiu das listas.", request=request)


async def _profile(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    customer_id: UUID,
    *,
    cursor: str | None = None,
    cpf: str = "",
) -> Response:
    found = await find_customer(session, principal, customer_id)
    reply = await customer_reply(session, principal, found)
    before = decode_id_cursor(cursor)
    events, more = await list_events(session, principal, customer_id, limit=EVENTS, before=before)
    names = await actor_names(session, {one.actor for one in events})
    badges = await customer_badges(session, principal, [customer_id])
    # Their names are only looked up for who has any.
    listed = await list_fields(session, principal) if reply.custom else []
    fields = {field.key: field for field in listed}
    minority = await minority_of(session, found, edge_state(request).settings.timezone)
    return render(
        request,
        "customers/customer.html",
        customer=reply,
        kind=KIND[reply.kind],
        is_person=reply.kind is CustomerKind.PERSON,
        cpf=cpf,
        badges=badges.get(customer_id, CustomerBadges()),
        minority=MINORITY_WORDS[minority] if minority else "",
        custom=[(fields[k].label if k in fields else k, v) for k, v in reply.custom.items()],
        relations=await relations_of(session, principal, customer_id),
        relation_kinds=[(one.value, words) for one, words in RELATION_KIND.items()],
        events=[(one, names.get(one.actor, ""), _told(one)) for one in events],
        next_href=f"/clientes/{customer_id}?cursor={more}#historia" if more else "",
        first_href=f"/clientes/{customer_id}#historia" if cursor else "",
        may_manage=principal.may(Act.MANAGE_CUSTOMERS),
        may_reveal=principal.may(Act.REVEAL_IDENTIFIERS),
        may_open=principal.may(Act.WORK_TICKETS),
    )


def _told(event: EventReply) -> str:
    """Say what an event's details add: the names of fields, the reason that was given."""
    details: dict[str, Any] = event.details
    if details.get("fields"):
        return ", ".join(_field_name(str(name)) for name in details["fields"])
    if details.get("status"):
        return TICKET_STATES.get(str(details["status"]), "")
    return str(details.get("reason") or "")


def _field_name(name: str) -> str:
    return FIELDS.get(name, name.removeprefix("custom."))


def _kind(word: str) -> CustomerKind | None:
    found = [one for one in CustomerKind if one.value == word]
    return found[0] if found else None
