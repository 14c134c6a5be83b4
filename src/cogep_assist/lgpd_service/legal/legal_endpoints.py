"""Terms with their references, the law's calendar, the organisation, and the rights' catalogue."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Path, Query, Request, Response

from cogep_assist.core.legal_terms import last_day
from cogep_assist.core.models import DeadlineRule, LegalDay, OrganizationProfile
from cogep_assist.core.principal import SYSTEM, Act
from cogep_assist.edge.entity_tags import IfMatchHeader, expected_revision, set_entity_tag
from cogep_assist.edge.once_door import Door
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.legal.clock_words import term_words
from cogep_assist.lgpd_service.legal.deadline_rules import (
    RuleChange,
    change_rule,
    find_rule,
    list_rules,
    term_of,
)
from cogep_assist.lgpd_service.legal.legal_clocks import local_today
from cogep_assist.lgpd_service.legal.legal_days import (
    legal_calendar,
    list_days,
    remove_day,
    set_day,
)
from cogep_assist.lgpd_service.legal.legal_schemas import (
    CalendarReply,
    LegalDayBody,
    LegalDayReply,
    OrganizationBody,
    OrganizationReply,
    RuleBody,
    RuleReply,
    RulesReply,
    TermQuery,
)
from cogep_assist.lgpd_service.legal.organization_profile import (
    QUESTIONS,
    ProfileChange,
    change_profile,
    find_profile,
    has_small_terms,
)
from cogep_assist.lgpd_service.requests.refusal_grounds import GROUNDS
from cogep_assist.lgpd_service.requests.request_rights import FORM_RULES, FORMS, RIGHTS
from cogep_assist.lgpd_service.requests.request_schemas import GroundReply, RightReply, RightsReply

router = guarded_router(tags=["lgpd-terms"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_LEGAL_TERMS)
MANAGE = rule(Login.KEY_OR_SESSION, Act.MANAGE_LEGAL_TERMS, idempotent=True)
Key = Annotated[str, Path(alias="name", max_length=60, pattern="^[a-z0-9_]+$")]


@router.get(
    "/lgpd/rights",
    response_model=RightsReply,
    summary="Lista os direitos do titular, com o prazo de cada um e a norma dele",
    dependencies=[rule(Login.OPEN)],
)
async def rights(session: SessionDep) -> RightsReply:
    """Tell everybody their rights."""
    profile = await find_profile(session)
    rules = {one.key: one for one in await list_rules(session, SYSTEM)}
    listed = []
    for right, facts in RIGHTS.items():
        form = FORMS.get(right)
        found = rules[facts.rule if form is None else FORM_RULES[form]]
        term = term_of(found, profile)
        listed.append(
            RightReply(
                right=right,
                title=facts.title,
                article=facts.article,
                meaning=facts.meaning,
                term=term_words(term.amount, term.unit),
                reference=found.reference,
                confirm_with_counsel=found.confirm_with_counsel,
            )
        )
    grounds = [
        GroundReply(key=key, title=one.title, article=one.article, told=one.told)
        for key, one in GROUNDS.items()
    ]
    return RightsReply(rights=listed, grounds=grounds)


@router.get(
    "/lgpd/deadlines",
    response_model=RulesReply,
    summary="Lista os prazos legais, cada um com a sua norma",
    dependencies=[READ],
)
async def deadlines(session: SessionDep, principal: PrincipalDep) -> RulesReply:
    """List the terms."""
    profile = await find_profile(session)
    rules = await list_rules(session, principal)
    return RulesReply(items=[_rule(one, profile) for one in rules])


@router.put(
    "/lgpd/deadlines/{name}",
    response_model=RuleReply,
    summary="Muda um prazo legal; os que já correm ficam como estão",
    dependencies=[MANAGE],
)
async def put_deadline(
    door: Door, key: Key, body: RuleBody, if_match: IfMatchHeader = None
) -> RuleReply:
    """Change a term."""
    expected = expected_revision(if_match)

    async def work() -> RuleReply:
        change = RuleChange(**body.model_dump())
        changed = await change_rule(door.session, door.principal, key, change, expected)
        return _rule(changed, await find_profile(door.session))

    reply = await door.reply(RuleReply, work, body)
    set_entity_tag(door.response, reply.revision)
    return reply


@router.get(
    "/lgpd/deadlines/{name}/count",
    response_model=TermQuery,
    summary="Conta um prazo a partir de um dia",
    dependencies=[READ],
)
async def count(
    request: Request,
    key: Key,
    session: SessionDep,
    starts_on: Annotated[date | None, Query(description="O dia do começo; sem ele, hoje.")] = None,
) -> TermQuery:
    """Count a term."""
    found, profile = await find_rule(session, key), await find_profile(session)
    zone = ZoneInfo(edge_state(request).settings.timezone)
    start = starts_on or await local_today(session, zone)
    days = await legal_calendar(session)
    term = term_of(found, profile)
    longer = term_of(found, profile, extended=True)
    return TermQuery(
        rule=key,
        starts_on=start,
        due_on=last_day(term, start, days),
        extended_due_on=last_day(longer, start, days) if found.extension else None,
        term=term_words(term.amount, term.unit),
        reference=found.reference,
        confirm_with_counsel=found.confirm_with_counsel,
    )


@router.get(
    "/lgpd/calendar",
    response_model=CalendarReply,
    summary="Mostra os feriados de um ano, com os da organização",
    dependencies=[READ],
)
async def calendar(
    request: Request,
    session: SessionDep,
    principal: PrincipalDep,
    year: Annotated[int | None, Query(ge=1990, le=2100)] = None,
) -> CalendarReply:
    """Show a year's days."""
    profile = await find_profile(session)
    zone = ZoneInfo(edge_state(request).settings.timezone)
    shown = year or (await local_today(session, zone)).year
    days = await legal_calendar(session)
    own = await list_days(session, principal)
    return CalendarReply(
        state=profile.state,
        optional_holidays=profile.optional_holidays,
        year=shown,
        own=[_day(one) for one in own],
        legal=days.legal_days(shown),
    )


@router.put(
    "/lgpd/calendar/days/{day}",
    response_model=LegalDayReply,
    responses={201: {"model": LegalDayReply, "description": "Dia acrescentado"}},
    summary="Acrescenta um feriado municipal, ou um feriado em que se trabalha",
    dependencies=[MANAGE],
)
async def put_day(door: Door, day: date, body: LegalDayBody) -> LegalDayReply:
    """Set a day apart."""

    async def work() -> tuple[LegalDayReply, bool]:
        made, new = await set_day(
            door.session, door.principal, day, body.name, is_business_day=body.is_business_day
        )
        return _day(made), new

    return await door.put(LegalDayReply, work, body)


@router.delete(
    "/lgpd/calendar/days/{day}",
    status_code=204,
    summary="Deixa um dia ser como a lei diz",
    dependencies=[MANAGE],
)
async def delete_day(door: Door, day: date) -> Response:
    """Take a day back."""
    return await door.remove(lambda: remove_day(door.session, door.principal, day))


@router.get(
    "/lgpd/organization",
    response_model=OrganizationReply,
    summary="Mostra a organização como a lei a vê, e o teste de agente de pequeno porte",
    dependencies=[READ],
)
async def organization(response: Response, session: SessionDep) -> OrganizationReply:
    """Show the organisation."""
    reply = _organization(await find_profile(session))
    set_entity_tag(response, reply.revision)
    return reply


@router.patch(
    "/lgpd/organization",
    response_model=OrganizationReply,
    summary="Muda o que a lei precisa saber da organização",
    dependencies=[MANAGE],
)
async def patch_organization(
    door: Door, body: OrganizationBody, if_match: IfMatchHeader = None
) -> OrganizationReply:
    """Change the organisation."""
    expected = expected_revision(if_match)

    async def work() -> OrganizationReply:
        change = ProfileChange(**body.model_dump())
        return _organization(await change_profile(door.session, door.principal, change, expected))

    reply = await door.reply(OrganizationReply, work, body)
    set_entity_tag(door.response, reply.revision)
    return reply


def _rule(found: DeadlineRule, profile: OrganizationProfile) -> RuleReply:
    term = term_of(found, profile)
    names = RuleBody.model_fields
    return RuleReply(
        **{name: getattr(found, name) for name in names},
        key=found.key,
        name=found.name,
        in_force=term.amount,
        term=term_words(term.amount, term.unit),
        revision=found.revision,
        updated_at=found.updated_at,
    )


def _day(found: LegalDay) -> LegalDayReply:
    return LegalDayReply(day=found.day, name=found.name, is_business_day=found.is_business_day)


def _organization(profile: OrganizationProfile) -> OrganizationReply:
    return OrganizationReply(
        name=profile.name,
        state=profile.state,
        public_body=profile.public_body,
        optional_holidays=profile.optional_holidays,
        small_agent=profile.small_agent,
        small_terms_hold=has_small_terms(profile),
        high_risk_answers=profile.high_risk_answers,
        questions=dict(QUESTIONS),
        revision=profile.revision,
        updated_at=profile.updated_at,
    )
