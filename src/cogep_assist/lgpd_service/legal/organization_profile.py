"""What the law asks to know of the organisation, and whether it is a small agent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.brazil.cep import STATES
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import OrganizationProfile
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.requests.request_words import printable

MAX_NAME_CHARS = 200
NOW = sa.func.clock_timestamp()

# Res. CD/ANPD 2/2022, art. 3 (who is left out) and art. 4 (high risk: one general criterion and
# one specific one, together).
LEFT_OUT: Mapping[str, str] = {
    "revenue_over_limit": "A receita bruta passa do limite legal (R$ 4,8 milhões; startup: R$ 16 "
    "milhões)?",
    "group_over_limit": "Faz parte de grupo econômico cuja receita passa do limite?",
}
GENERAL: Mapping[str, str] = {
    "large_scale": "Trata dados em larga escala?",
    "significant_effect": "O tratamento pode afetar significativamente interesses e direitos "
    "fundamentais dos titulares?",
}
SPECIFIC: Mapping[str, str] = {
    "new_technology": "Usa tecnologias emergentes ou inovadoras (inteligência artificial entre "
    "elas)?",
    "public_surveillance": "Vigia ou controla zonas acessíveis ao público?",
    "solely_automated": "Toma decisões unicamente com base em tratamento automatizado?",
    "sensitive_or_vulnerable": "Usa dados sensíveis ou de crianças, adolescentes e idosos?",
}
QUESTIONS: Mapping[str, str] = {**LEFT_OUT, **GENERAL, **SPECIFIC}


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """What is to hold from now on; None leaves a value as it is."""

    name: str | None = None
    state: str | None = None
    public_body: bool | None = None
    optional_holidays: bool | None = None
    small_agent: bool | None = None
    high_risk_answers: Mapping[str, bool] | None = None


async def find_profile(session: AsyncSession, *, lock: bool = False) -> OrganizationProfile:
    """Return the organisation's profile, which every installation has."""
    statement = sa.select(OrganizationProfile).execution_options(populate_existing=True)
    return (await session.scalars(statement.with_for_update() if lock else statement)).one()


async def change_profile(
    session: AsyncSession, principal: Principal, change: ProfileChange, expected: int | None = None
) -> OrganizationProfile:
    """Change the profile. Clocks that run already keep their ends.

    Raises AppError("role_not_allowed"|"changed_meanwhile"|"state_unknown"|
    "high_risk_question_unknown"|"small_agent_untested").
    """
    principal.require(Act.MANAGE_LEGAL_TERMS)
    profile = await find_profile(session, lock=True)
    if expected is not None and expected != profile.revision:
        raise AppError("changed_meanwhile", current=profile.revision)
    values = _values(change)
    for name, value in values.items():
        setattr(profile, name, value)
    if profile.small_agent and set(profile.high_risk_answers) != set(QUESTIONS):
        missing = sorted(set(QUESTIONS) - set(profile.high_risk_answers))
        raise AppError("small_agent_untested", missing=", ".join(missing))
    profile.revision += 1
    profile.updated_at = NOW
    await session.flush()
    await audit.record(
        session,
        principal,
        "organization_profile_changed",
        "organization_profile",
        "1",
        {"fields": sorted(values), "small_terms": has_small_terms(profile)},
    )
    await session.refresh(profile)
    return profile


def has_small_terms(profile: OrganizationProfile) -> bool:
    """Tell whether the terms of small agents hold: declared, and not at high risk."""
    return profile.small_agent and not fails_small_agent_test(profile.high_risk_answers)


def fails_small_agent_test(answers: Mapping[str, Any]) -> bool:
    """Tell whether answers leave an organisation out of the small agents' terms."""
    if any(answers.get(key) for key in LEFT_OUT):
        return True
    general = any(answers.get(key) for key in GENERAL)
    return general and any(answers.get(key) for key in SPECIFIC)


def _values(change: ProfileChange) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if change.name is not None:
        values["name"] = printable(change.name)[:MAX_NAME_CHARS]
    if change.state is not None:
        values["state"] = _state(change.state)
    for name in ("public_body", "optional_holidays", "small_agent"):
        value = getattr(change, name)
        if value is not None:
            values[name] = value
    if change.high_risk_answers is not None:
        values["high_risk_answers"] = _answers(change.high_risk_answers)
    return values


def _state(state: str) -> str | None:
    """Return a state's two letters; an empty text takes it away."""
    if not state.strip():
        return None
    if state.strip().upper() not in STATES:
        raise AppError("state_unknown", state=state[:20])
    return state.strip().upper()


def _answers(answers: Mapping[str, bool]) -> dict[str, bool]:
    unknown = sorted(set(answers) - set(QUESTIONS))
    if unknown:
        raise AppError("high_risk_question_unknown", names=", ".join(unknown))
    return dict(answers)
