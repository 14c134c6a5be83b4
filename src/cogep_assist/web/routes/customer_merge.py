"""Possible duplicates: why, side by side, chosen field by field, and taken back."""

from typing import Annotated
from uuid import UUID

from fastapi import Form, Request, Response

from cogep_assist.core.principal import Act
from cogep_assist.crm_service.customers.customer_duplicates import (
    dismiss_duplicate,
    list_duplicates,
)
from cogep_assist.crm_service.customers.customer_merge import merge_customers, undo_merge
from cogep_assist.crm_service.customers.customer_merge_preview import preview_merge
from cogep_assist.crm_service.customers.customer_replies import duplicate_replies
from cogep_assist.crm_service.customers.customers import find_customer
from cogep_assist.edge.cursors import decode_number_cursor
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render

router = guarded_router(include_in_schema=False)
READ_ALL = rule(Login.SESSION, Act.SEE_EVERY_CUSTOMER)
MERGE = rule(Login.SESSION, Act.MERGE_CUSTOMERS)
PAGE = 25
SIDES = {"winner", "loser", "both"}
CHOICE = "campo."
# What moves with a merged customer, by the table that points to them.
MOVED = {
    "crm.ticket": ("chamado", "chamados"),
    "crm.customer_contact": ("contato", "contatos"),
    "crm.customer_tag": ("etiqueta", "etiquetas"),
    "crm.customer_relation": ("relação", "relações"),
    "crm.customer_event": ("acontecimento", "acontecimentos"),
    "access.user": ("conta de acesso", "contas de acesso"),
}


@router.get("/clientes/duplicados", dependencies=[READ_ALL])
async def duplicates(
    request: Request, session: SessionDep, principal: PrincipalDep, cursor: str | None = None
) -> Response:
    """List suggestions, the likeliest first."""
    offset = decode_number_cursor(cursor) or 0
    rows, more = await list_duplicates(session, principal, limit=PAGE, offset=offset)
    return render(
        request,
        "customers/duplicates.html",
        pairs=await duplicate_replies(session, rows),
        next_href=f"/clientes/duplicados?cursor={more}" if more else "",
        first_href="/clientes/duplicados" if offset else "",
        may_merge=principal.may(Act.MERGE_CUSTOMERS),
    )


@router.post("/clientes/duplicados/descartar", dependencies=[MERGE])
async def dismiss(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    um: Annotated[UUID, Form()],
    outro: Annotated[UUID, Form()],
    volta: Annotated[UUID | None, Form()] = None,
) -> Response:
    """Say that two are not the same; they are not suggested again."""
    await dismiss_duplicate(session, principal, um, outro)
    href = f"/clientes/{volta}" if volta else "/clientes/duplicados"
    return done(href, "Os dois cadastros não serão mais sugeridos.", request=request)


@router.get("/clientes/{customer_id}/unir", dependencies=[MERGE])
async def compare(
    request: Request, customer_id: UUID, com: UUID, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Show two customers side by side, to choose whose value stays."""
    preview = await preview_merge(session, principal, customer_id, com)
    kept = await find_customer(session, principal, customer_id)
    return render(
        request,
        "customers/merge.html",
        preview=preview,
        revision=kept.revision,
        moves=[(count, *MOVED[table]) for table, count in preview.moves.items() if table in MOVED],
    )


@router.post("/clientes/{customer_id}/unir", dependencies=[MERGE])
async def merge(
    request: Request,
    customer_id: UUID,
    session: SessionDep,
    principal: PrincipalDep,
    com: Annotated[UUID, Form()],
    revisao: Annotated[int | None, Form(ge=1)] = None,
) -> Response:
    """Merge another customer into this one, as was chosen."""
    form = await request.form()
    chosen = {
        name.removeprefix(CHOICE): str(side)
        for name, side in form.items()
        if name.startswith(CHOICE)
    }
    if not set(chosen.values()) <= SIDES:
        raise invalid_field("escolha", "deve ser um dos dois cadastros")
    made = await merge_customers(
        session,
        principal,
        customer_id,
        com,
        chosen,  # type: ignore[arg-type]  # held to SIDES just above
        expected=revisao,
    )
    return done(
        f"/clientes/{customer_id}?uniao={made.id}",
        "Os cadastros foram unidos. A união pode ser desfeita por 30 dias.",
        request=request,
    )


@router.post("/clientes/unioes/{merge_id}/desfazer", dependencies=[MERGE])
async def undo(
    request: Request, merge_id: UUID, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Take a merge back."""
    undone = await undo_merge(session, principal, merge_id)
    href = f"/clientes/{undone.winner_id}"
    return done(href, "A união foi desfeita; os dois cadastros estão como eram.", request=request)
