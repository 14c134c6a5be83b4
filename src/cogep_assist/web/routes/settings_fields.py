"""Ajustes, Campos: what the organisation keeps about customers beside what everybody does."""

from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import CustomerKind, FieldType
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_fields import (
    change_field,
    create_field,
    list_fields,
)
from cogep_assist.crm_service.customers.customer_labels import FIELD_TYPE, KIND
from cogep_assist.crm_service.customers.customer_schemas import FieldBody, FieldChange
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.web.section_frame import Work, answer_form, settings_page, shaped

HREF = "/ajustes/campos"
router = guarded_router(include_in_schema=False)
MANAGE = rule(Login.SESSION, Act.DEFINE_CUSTOMER_FIELDS)
Line = Annotated[str, Form(max_length=200)]
Lines = Annotated[str, Form(max_length=20_000)]


@router.get(HREF, dependencies=[MANAGE])
async def fields(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show the fields in use."""
    return await _page(request, session, principal)


@router.post(HREF, dependencies=[MANAGE])
async def add(
    request: Request,
    principal: PrincipalDep,
    identificador: Line = "",
    nome: Line = "",
    tipo: Annotated[FieldType, Form()] = FieldType.TEXT,
    de: Annotated[CustomerKind | None, Form()] = None,
    opcoes: Lines = "",
    obrigatorio: Annotated[bool, Form()] = False,
    finalidade: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Add a field; why it is kept is asked for (LGPD, art. 6, I)."""

    async def work(session: AsyncSession) -> None:
        if (tipo is FieldType.CHOICE) is not bool(_lines(opcoes)):
            raise invalid_field("opcoes", "são do tipo escolha, que precisa de ao menos uma")
        body = shaped(
            FieldBody,
            key=identificador.strip(),
            label=nome,
            field_type=tipo,
            customer_kind=de,
            choices=_lines(opcoes),
            is_required=obrigatorio,
            purpose=finalidade,
        )
        await create_field(session, principal, body)

    return await _done(request, principal, work, f"O campo {nome.strip()} foi criado.")


@router.post(f"{HREF}/{{key}}", dependencies=[MANAGE])
async def change(
    request: Request,
    principal: PrincipalDep,
    key: str,
    nome: Line = "",
    opcoes: Lines = "",
    obrigatorio: Annotated[bool, Form()] = False,
    finalidade: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Change a field; its type stays."""

    async def work(session: AsyncSession) -> None:
        given = {"label": nome, "is_required": obrigatorio, "purpose": finalidade}
        choices = {"choices": _lines(opcoes)} if opcoes.strip() else {}
        await change_field(session, principal, key, shaped(FieldChange, **given, **choices))

    return await _done(request, principal, work, "As mudanças foram salvas.")


@router.post(f"{HREF}/{{key}}/arquivar", dependencies=[MANAGE])
async def archive(request: Request, principal: PrincipalDep, key: str) -> Response:
    """Ask for a field no more."""

    async def work(session: AsyncSession) -> None:
        await change_field(session, principal, key, FieldChange(archived=True))

    return await _done(request, principal, work, "O campo foi arquivado; os valores ficam.")


def _lines(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


async def _done(request: Request, principal: Principal, work: Work, notice: str) -> Response:
    return await answer_form(request, principal, work, _page, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
) -> Response:
    return settings_page(
        request,
        "fields.html",
        problem,
        fields=await list_fields(session, principal),
        types=FIELD_TYPE,
        kinds=KIND,
        type_options=[(one.value, words) for one, words in FIELD_TYPE.items()],
        kind_options=[("", "todos"), *((one.value, words) for one, words in KIND.items())],
    )
