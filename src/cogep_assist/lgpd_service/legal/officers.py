"""The encarregado: acts of appointment, who holds now, and what everybody may know of them.

Res. CD/ANPD 18/2024: a written, dated and signed act; a substitute for absences; name and contact
published in a prominent place; for public bodies, the appointment in the official gazette.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from cogep_assist.core import audit
from cogep_assist.core.brazil.email_address import normalize_email
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    OfficerAppointment,
    OfficerKind,
    OrganizationProfile,
    Role,
    User,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.sealing import seal, unseal
from cogep_assist.lgpd_service.legal.legal_clocks import local_today
from cogep_assist.lgpd_service.legal.organization_profile import find_profile
from cogep_assist.lgpd_service.requests.request_words import printable

MAX_ACT_BYTES = 10 * 1024 * 1024
_CONTENT = "officer-act"


@dataclass(frozen=True, slots=True)
class NewAppointment:
    """What an act of appointment says."""

    kind: OfficerKind
    name: str
    email: str
    act_reference: str
    signed_on: date
    starts_on: date
    ends_on: date | None = None
    responsible_name: str | None = None
    phone: str | None = None
    publication: str | None = None
    published_on: date | None = None
    no_conflict_statement: str = ""


@dataclass(frozen=True, slots=True)
class Officers:
    """Who holds today; ``acting`` is whom people turn to."""

    holder: OfficerAppointment | None
    substitute: OfficerAppointment | None

    @property
    def acting(self) -> OfficerAppointment | None:
        """The holder, or the substitute of a vacant place."""
        return self.holder or self.substitute


async def appoint(
    session: AsyncSession, principal: Principal, new: NewAppointment
) -> OfficerAppointment:
    """Register an act of appointment.

    Raises AppError("role_not_allowed"|"text_missing"|"email_invalid"|"days_not_in_order").
    """
    principal.require(Act.MANAGE_OFFICERS)
    for field in ("name", "act_reference"):
        if not getattr(new, field).strip():
            raise AppError("text_missing", field=field)
    if normalize_email(new.email) is None:
        raise AppError("email_invalid")
    if new.ends_on is not None and new.ends_on < new.starts_on:
        raise AppError("days_not_in_order")
    values = {name: getattr(new, name) for name in new.__slots__}
    typed = {name: printable(value) for name, value in values.items() if type(value) is str}
    made = OfficerAppointment(**{**values, **typed}, recorded_by=principal.label)
    session.add(made)
    await session.flush()
    details = {"kind": new.kind.value, "starts_on": new.starts_on.isoformat()}
    await audit.record(session, principal, "officer_appointed", "officer", made.id, details)
    return made


async def end_appointment(
    session: AsyncSession, principal: Principal, appointment_id: UUID, ends_on: date
) -> OfficerAppointment:
    """Say which is an appointment's last day.

    Raises AppError("role_not_allowed"|"officer_not_found"|"days_not_in_order").
    """
    principal.require(Act.MANAGE_OFFICERS)
    found = await find_appointment(session, principal, appointment_id, lock=True)
    if ends_on < found.starts_on:
        raise AppError("days_not_in_order")
    found.ends_on = ends_on
    await session.flush()
    details = {"ends_on": ends_on.isoformat()}
    await audit.record(session, principal, "officer_ended", "officer", found.id, details)
    return found


async def publish_appointment(
    session: AsyncSession,
    principal: Principal,
    appointment_id: UUID,
    publication: str,
    published_on: date,
) -> OfficerAppointment:
    """Say where and when an act came out; for public bodies, the official gazette.

    Raises AppError("role_not_allowed"|"officer_not_found"|"text_missing").
    """
    principal.require(Act.MANAGE_OFFICERS)
    found = await find_appointment(session, principal, appointment_id, lock=True)
    where = printable(publication)
    if not where:
        raise AppError("text_missing", field="publication")
    found.publication, found.published_on = where, published_on
    await session.flush()
    details = {"published_on": published_on.isoformat()}
    await audit.record(session, principal, "officer_published", "officer", found.id, details)
    return found


async def attach_act(
    session: AsyncSession, principal: Principal, appointment_id: UUID, name: str, content: bytes
) -> OfficerAppointment:
    """Keep the signed act itself, encrypted, with its hash.

    Raises AppError("role_not_allowed"|"officer_not_found"|"file_empty"|"file_too_large").
    """
    principal.require(Act.MANAGE_OFFICERS)
    if not content:
        raise AppError("file_empty", name=name)
    if len(content) > MAX_ACT_BYTES:
        raise AppError("file_too_large", name=name, limit_mib=MAX_ACT_BYTES // 1024**2)
    found = await find_appointment(session, principal, appointment_id, lock=True)
    found.act_name = name
    found.act_content = seal(_CONTENT, content, str(found.id))
    found.act_sha256 = hashlib.sha256(content).digest()
    await session.flush()
    details = {"sha256": found.act_sha256.hex()}
    await audit.record(session, principal, "officer_act_attached", "officer", found.id, details)
    return found


async def read_act(
    session: AsyncSession, principal: Principal, appointment_id: UUID
) -> tuple[str, bytes]:
    """Return the name and bytes of an act. Raises AppError("officer_not_found"|"act_missing")."""
    principal.require(Act.MANAGE_OFFICERS)
    found = await session.get(
        OfficerAppointment, appointment_id, options=[undefer(OfficerAppointment.act_content)]
    )
    if found is None:
        raise AppError("officer_not_found")
    if found.act_content is None:
        raise AppError("act_missing")
    return found.act_name or "ato", unseal(_CONTENT, found.act_content, str(found.id))


async def find_appointment(
    session: AsyncSession, principal: Principal, appointment_id: UUID, *, lock: bool = False
) -> OfficerAppointment:
    """Return an appointment. Raises AppError("role_not_allowed"|"officer_not_found")."""
    principal.require(Act.MANAGE_OFFICERS)
    found = await session.get(
        OfficerAppointment, appointment_id, with_for_update=lock or None, populate_existing=True
    )
    if found is None:
        raise AppError("officer_not_found")
    return found


async def list_appointments(
    session: AsyncSession, principal: Principal
) -> Sequence[OfficerAppointment]:
    """Return every act of appointment, the newest first."""
    principal.require(Act.MANAGE_OFFICERS)
    statement = sa.select(OfficerAppointment).order_by(
        OfficerAppointment.starts_on.desc(), OfficerAppointment.id.desc()
    )
    return (await session.scalars(statement)).all()


async def current_officers(
    session: AsyncSession, zone: ZoneInfo, on: date | None = None
) -> Officers:
    """Return who holds on a day, or today; of several of one kind, the one appointed last."""
    today = on or await local_today(session, zone)
    rows = await session.scalars(
        sa.select(OfficerAppointment)
        .where(
            OfficerAppointment.starts_on <= today,
            sa.or_(OfficerAppointment.ends_on.is_(None), OfficerAppointment.ends_on >= today),
        )
        .order_by(OfficerAppointment.starts_on.desc(), OfficerAppointment.id.desc())
        .execution_options(populate_existing=True)
    )
    by_kind: dict[OfficerKind, OfficerAppointment] = {}
    for row in rows:
        by_kind.setdefault(row.kind, row)
    return Officers(by_kind.get(OfficerKind.HOLDER), by_kind.get(OfficerKind.SUBSTITUTE))


async def missing_of(
    session: AsyncSession, appointments: Sequence[OfficerAppointment]
) -> dict[UUID, list[str]]:
    """Return what Res. CD/ANPD 18/2024 asks of appointments and is not there, in words."""
    profile = await find_profile(session)
    rows = await session.scalars(
        sa.select(User.email_key).where(User.role == Role.ADMIN, User.disabled_at.is_(None))
    )
    administrators = set(rows)
    return {one.id: _missing(one, profile, administrators) for one in appointments}


def _missing(
    one: OfficerAppointment, profile: OrganizationProfile, administrators: set[str]
) -> list[str]:
    """Whoever administers decides on the processing, and would watch over themselves."""
    told = {
        "o ato assinado": one.act_sha256,
        "a publicação no diário oficial": one.publication or not profile.public_body,
        "a declaração de que não há conflito de interesse": one.no_conflict_statement,
        "quem não administre o sistema (conflito de interesse)": (
            normalize_email(one.email) not in administrators
        ),
    }
    return [name for name, there in told.items() if not there]


async def officer_addresses(session: AsyncSession, zone: ZoneInfo) -> list[tuple[str, str]]:
    """Return name and address of whom alerts go to: holder and substitute, else users who are DPO.

    Where there is none of these, administrators: somebody must hear of it.
    """
    officers = await current_officers(session, zone)
    found = [(one.name, one.email) for one in (officers.holder, officers.substitute) if one]
    for role in (Role.DPO, Role.ADMIN):
        if found:
            break
        rows = await session.execute(
            sa.select(User.name, User.email).where(User.role == role, User.disabled_at.is_(None))
        )
        found = [(row.name, row.email) for row in rows]
    return list(dict.fromkeys(found))
