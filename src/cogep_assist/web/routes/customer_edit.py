"""A customer's form: make one, change one; what was typed comes back when it was not taken."""

from typing import Any
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ContactKind, CustomerKind, FieldType
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_fields import list_fields
from cogep_assist.crm_service.customers.customer_labels import CONTACT_KIND, KIND
from cogep_assist.crm_service.customers.customer_replies import customer_reply
from cogep_assist.crm_service.customers.customers import (
    change_customer,
    create_customer,
    find_customer,
)
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.web.customer_form import (
    PLAIN,
    blank_contacts,
    changed_customer,
    form_as_typed,
    form_of,
    new_customer,
    wrong_fields,
)
from cogep_assist.web.outcome import done
from cogep_assist.web.rendering import render

router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.MANAGE_CUSTOMERS)


@router.get("/clientes/novo", dependencies=[MANAGE])
async def new(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show the empty form."""
    kind = request.query_params.get("tipo") or CustomerKind.PERSON.value
    values: dict[str, Any] = dict.fromkeys((*PLAIN, "cpf", "tags"), "")
    values |= {"kind": kind, "contacts": blank_contacts()}
    return await _page(request, session, principal, values)


@router.post("/clientes/novo", dependencies=[MANAGE])
async def create(request: Request, principal: PrincipalDep) -> Response:
    """Make the customer."""
    form = await request.form()
    database = edge_state(request).database
    try:
        async with database.begin() as session:
            body = new_customer(form, await list_fields(session, principal))
            made = await create_customer(session, principal, body)
            href, name = f"/clientes/{made.id}", made.name
    except AppError as problem:
        async with database.begin() as session:
            values = form_as_typed(form)
            return await _page(request, session, principal, values, problem=problem)
    return done(href, f"O cadastro de {name} foi criado.", draft="cliente-novo", request=request)


@router.get("/clientes/{customer_id}/editar", dependencies=[MANAGE])
async def edit(
    request: Request, customer_id: UUID, session: SessionDep, principal: PrincipalDep
) -> Response:
    """Show a customer's form."""
    found = await find_customer(session, principal, customer_id)
    reply = await customer_reply(session, principal, found)
    values = form_of(reply) | {"revisao": found.revision}
    return await _page(request, session, principal, values, customer_id=customer_id)


@router.post("/clientes/{customer_id}/editar", dependencies=[MANAGE])
async def change(request: Request, customer_id: UUID, principal: PrincipalDep) -> Response:
    """Change what differs, unless somebody else changed the customer meanwhile."""
    form = await request.form()
    database = edge_state(request).database
    try:
        async with database.begin() as session:
            body = changed_customer(form, await list_fields(session, principal))
            expected = _revision(str(form.get("revisao", "")))
            await change_customer(session, principal, customer_id, body, expected=expected)
    except AppError as problem:
        if problem.status == 404:
            raise
        async with database.begin() as session:
            values = form_as_typed(form)
            if problem.code == "changed_meanwhile":
                # Sent again, it is meant over what the other person wrote, which is shown.
                values["revisao"] = problem.details["current"]
            return await _page(
                request, session, principal, values, customer_id=customer_id, problem=problem
            )
    href = f"/clientes/{customer_id}"
    return done(
        href, "As mudanças foram guardadas.", draft=f"cliente-{customer_id}", request=request
    )


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    values: dict[str, Any],
    *,
    customer_id: UUID | None = None,
    problem: AppError | None = None,
) -> Response:
    kind = values.get("kind") or CustomerKind.PERSON.value
    fields = [
        field
        for field in await list_fields(session, principal)
        if field.customer_kind is None or field.customer_kind.value == kind
    ]
    current = None
    if customer_id is not None:
        found = await find_customer(session, principal, customer_id)
        current = await customer_reply(session, principal, found)
    return render(
        request,
        "customers/form.html",
        status=problem.status if problem else 200,
        values=values,
        current=current,
        is_person=kind == CustomerKind.PERSON.value,
        kinds=[(one.value, words.capitalize()) for one, words in KIND.items()],
        contact_kinds=[(one.value, CONTACT_KIND[one].capitalize()) for one in ContactKind],
        fields=[(field, str(values.get(f"custom.{field.key}", ""))) for field in fields],
        field_types=FieldType,
        wrong=wrong_fields(problem),
        problem=problem,
    )


def _revision(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None
