"""LGPD, Prazos: the organisation as the law sees it, every term with its source, own holidays."""

from datetime import date
from typing import Annotated

from fastapi import Form, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import DeadlineRule, DeadlineUnit
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.lgpd_service.legal.clock_words import UNITS, term_words
from cogep_assist.lgpd_service.legal.deadline_rules import (
    RuleChange,
    change_rule,
    list_rules,
    term_of,
)
from cogep_assist.lgpd_service.legal.legal_days import list_days, remove_day, set_day
from cogep_assist.lgpd_service.legal.organization_profile import (
    QUESTIONS,
    ProfileChange,
    change_profile,
    find_profile,
    has_small_terms,
)
from cogep_assist.web.section_frame import Work, answer_form, privacy_page

HREF = "/protecao-de-dados/prazos"
router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_LEGAL_TERMS)
MANAGE = rule(Login.SESSION, Act.MANAGE_LEGAL_TERMS)
Line = Annotated[str, Form(max_length=300)]
Number = Annotated[str, Form(max_length=5)]


@router.get(HREF, dependencies=[READ])
async def terms(request: Request, session: SessionDep, principal: PrincipalDep) -> Response:
    """Show the organisation, its terms and its holidays."""
    return await _page(request, session, principal)


@router.post(f"{HREF}/organizacao", dependencies=[MANAGE])
async def organization(
    request: Request,
    principal: PrincipalDep,
    nome: Annotated[str, Form(max_length=200)] = "",
    estado: Annotated[str, Form(max_length=2)] = "",
    publico: Annotated[bool, Form()] = False,
    facultativos: Annotated[bool, Form()] = False,
    pequeno: Annotated[bool, Form()] = False,
) -> Response:
    """Say what the organisation is; being a small agent asks for the whole high-risk test."""
    given = await request.form()
    answers = {key: given[key] == "sim" for key in QUESTIONS if given.get(key) in {"sim", "nao"}}

    async def work(session: AsyncSession) -> None:
        told = ProfileChange(nome, estado, publico, facultativos, pequeno, answers)
        await change_profile(session, principal, told)

    return await _done(request, principal, work, "A organização foi registrada.")


@router.post(f"{HREF}/regras/{{key}}", dependencies=[MANAGE])
async def change_term(
    request: Request,
    principal: PrincipalDep,
    key: str,
    prazo: Number = "",
    pequeno: Number = "",
    prorrogacao: Number = "",
    prorrogacao_pequeno: Number = "",
    unidade: Annotated[DeadlineUnit, Form()] = DeadlineUnit.CALENDAR_DAYS,
    referencia: Annotated[str, Form(max_length=1000)] = "",
    conferido: Annotated[bool, Form()] = False,
) -> Response:
    """Change a term and where it is written; clocks that run keep their ends."""

    async def work(session: AsyncSession) -> None:
        known = {one.key: one for one in await list_rules(session, principal)}.get(key)
        if known is None:
            raise AppError("deadline_rule_not_found")
        amount = _number(prazo)
        if amount is None:
            raise invalid_field("prazo", "está faltando")
        told = RuleChange(
            amount=amount,
            unit=unidade,
            small_amount=_number(pequeno),
            extension=_number(prorrogacao),
            small_extension=_number(prorrogacao_pequeno),
            ends_on_business_day=known.ends_on_business_day,
            starts_on_business_day=known.starts_on_business_day,
            reference=referencia,
            note=known.note,
            confirm_with_counsel=not conferido,
        )
        await change_rule(session, principal, key, told)

    return await _done(request, principal, work, "O prazo mudou; os que já correm ficam.")


@router.post(f"{HREF}/dias", dependencies=[MANAGE])
async def day(
    request: Request,
    principal: PrincipalDep,
    dia: Annotated[date | None, Form()] = None,
    nome: Line = "",
    util: Annotated[bool, Form()] = False,
) -> Response:
    """Say that a day is a holiday of the town's, or a holiday that is worked."""

    async def work(session: AsyncSession) -> None:
        if dia is None:
            raise invalid_field("dia", "está faltando")
        await set_day(session, principal, dia, nome, is_business_day=util)

    return await _done(request, principal, work, "O dia foi registrado.")


@router.post(f"{HREF}/dias/{{day}}/retirar", dependencies=[MANAGE])
async def take_back(request: Request, principal: PrincipalDep, day: date) -> Response:
    """Let a day be as the law says."""

    async def work(session: AsyncSession) -> None:
        await remove_day(session, principal, day)

    return await _done(request, principal, work, "O dia voltou a ser o que a lei diz.")


async def _done(request: Request, principal: Principal, work: Work, notice: str) -> Response:
    return await answer_form(request, principal, work, _page, href=HREF, notice=notice)


async def _page(
    request: Request,
    session: AsyncSession,
    principal: Principal,
    problem: AppError | None = None,
) -> Response:
    profile = await find_profile(session)
    small = has_small_terms(profile)
    rules = await list_rules(session, principal)

    def in_force(one: DeadlineRule) -> str:
        holds = term_of(one, profile)
        return term_words(holds.amount, holds.unit)

    return privacy_page(
        request,
        "terms.html",
        problem,
        profile=profile,
        small_terms=small,
        questions=QUESTIONS,
        rules=[(one, in_force(one)) for one in rules],
        units=[(unit.value, words[1]) for unit, words in UNITS.items()],
        days=await list_days(session, principal),
    )


def _number(typed: str) -> int | None:
    """Return the number of a field, or None where it is empty."""
    if not typed.strip():
        return None
    if not typed.strip().isdecimal():
        raise invalid_field("prazo", "deve ser um número inteiro")
    return int(typed)
