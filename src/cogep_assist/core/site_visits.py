"""Visits from sites: somebody without an account who agreed to the site's text, for some hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access_tokens import MAX_CREDENTIAL_CHARS, new_token, token_hash
from cogep_assist.core.config import get_settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Role, Site, SiteConsent, SiteVisit
from cogep_assist.core.principal import Act, Principal, PrincipalKind

NOW = sa.func.clock_timestamp()
VISIT_HOURS = 12
# A visitor is the least of requesters: nothing else of what the role may do.
MAY = frozenset({Act.ASK.value, Act.GIVE_FEEDBACK.value})
MAY_OPEN_TICKETS = MAY | {Act.OPEN_TICKETS.value}


@dataclass(frozen=True, slots=True)
class ShownSite:
    """What a site's visitors are shown and held to."""

    id: UUID
    name: str
    origins: list[str]
    greeting: str
    consent: str
    consent_version: int
    opens_tickets: bool
    asks_per_minute: int


@dataclass(frozen=True, slots=True)
class OpenedVisit:
    """A visit that was just opened; the token is told once."""

    token: str
    expires_at: datetime


async def shown_site(session: AsyncSession, site_id: UUID) -> ShownSite:
    """Return a site that is switched on. Raises AppError("site_not_found")."""
    row = (await session.execute(_shown().where(Site.id == site_id))).mappings().one_or_none()
    if row is None:
        raise AppError("site_not_found")
    return ShownSite(**row)


async def open_visit(session: AsyncSession, site: ShownSite, consent_version: int) -> OpenedVisit:
    """Let somebody who agreed to the present text ask for some hours.

    Raises AppError("site_consent_changed") where they read another one.
    """
    if consent_version != site.consent_version:
        raise AppError("site_consent_changed")
    token = new_token()
    visit = SiteVisit(
        site_id=site.id,
        consent_version=consent_version,
        token_hash=token_hash(token),
        expires_at=NOW + sa.literal(timedelta(hours=VISIT_HOURS)),
    )
    session.add(visit)
    await session.flush()
    await session.refresh(visit, ["expires_at"])
    details = {"site": str(site.id), "consent_version": consent_version}
    visitor = _visitor(visit.id, opens_tickets=site.opens_tickets)
    await audit.record(session, visitor, "site_visit_opened", "site_visit", visit.id, details)
    return OpenedVisit(token, visit.expires_at)


async def authenticate_visit(
    session: AsyncSession, token: str
) -> tuple[Principal, ShownSite] | None:
    """Return whose visit this is and from which site; None once it or the site has ended."""
    if not 0 < len(token) <= MAX_CREDENTIAL_CHARS:
        return None
    statement = (
        _shown()
        .add_columns(SiteVisit.id.label("visit_id"))
        .join(SiteVisit, SiteVisit.site_id == Site.id)
        .where(SiteVisit.token_hash == token_hash(token), SiteVisit.expires_at > NOW)
    )
    row = (await session.execute(statement)).mappings().one_or_none()
    if row is None:
        return None
    told = dict(row)
    visitor = _visitor(told.pop("visit_id"), opens_tickets=told["opens_tickets"])
    return visitor, ShownSite(**told)


async def sweep_visits(session: AsyncSession) -> None:
    """Delete visits that are older than any conversation that may have begun in them."""
    kept = timedelta(days=get_settings().conversation_keep_days) + timedelta(hours=VISIT_HOURS)
    await session.execute(sa.delete(SiteVisit).where(SiteVisit.created_at < NOW - sa.literal(kept)))


def _shown() -> sa.Select[UUID, str, list[str], str, str, int, bool, int]:
    return (
        sa.select(
            Site.id,
            Site.name,
            Site.origins,
            Site.greeting,
            SiteConsent.text.label("consent"),
            Site.consent_version,
            Site.opens_tickets,
            Site.asks_per_minute,
        )
        .join(
            SiteConsent,
            sa.and_(SiteConsent.site_id == Site.id, SiteConsent.version == Site.consent_version),
        )
        .where(Site.enabled)
    )


def _visitor(visit_id: UUID, *, opens_tickets: bool) -> Principal:
    scopes = MAY_OPEN_TICKETS if opens_tickets else MAY
    return Principal(PrincipalKind.VISITOR, Role.REQUESTER, visit_id, scopes=scopes)
