"""Sites that embed the question box: list, add, change, switch off, remove."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.access_service.site_schemas import SiteBody, SiteChange
from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Site, SiteConsent
from cogep_assist.core.principal import Act, Principal
from cogep_assist.core.site_origins import canonical_origin
from cogep_assist.edge.entity_tags import check_revision
from cogep_assist.edge.validation_words import invalid_field

NOW = sa.func.clock_timestamp()
# What is copied as it comes; the others are looked at first.
PLAIN = ("opens_tickets", "asks_per_minute", "enabled")


async def list_sites(session: AsyncSession, principal: Principal) -> Sequence[tuple[Site, str]]:
    """Return every site with its present text of consent, by name."""
    principal.require(Act.MANAGE_SITES)
    rows = await session.execute(_with_consent().order_by(Site.name))
    return [(site, text) for site, text in rows]


async def find_site(session: AsyncSession, principal: Principal, site_id: UUID) -> tuple[Site, str]:
    """Return one site with its present text of consent. Raises AppError("site_not_found")."""
    principal.require(Act.MANAGE_SITES)
    return await _found(session, Site.id == site_id)


async def find_site_by_name(
    session: AsyncSession, principal: Principal, name: str
) -> tuple[Site, str]:
    """Return the site of a name with its text of consent. Raises AppError("site_not_found")."""
    principal.require(Act.MANAGE_SITES)
    return await _found(session, Site.name == name.strip())


async def add_site(session: AsyncSession, principal: Principal, body: SiteBody) -> UUID:
    """Add a site and return its id.

    Raises AppError("site_name_taken"|"site_origin_invalid"|"request_invalid").
    """
    principal.require(Act.MANAGE_SITES)
    site = Site(
        id=uuid7(),
        name=_words("name", body.name),
        origins=_origins(body.origins),
        greeting=_words("greeting", body.greeting),
        opens_tickets=body.opens_tickets,
        asks_per_minute=body.asks_per_minute,
        created_by=principal.label,
    )
    session.add(site)
    await _flush(session)
    session.add(SiteConsent(site_id=site.id, version=1, text=_words("consent", body.consent)))
    await session.flush()
    details = {"origins": site.origins, "consent": body.consent.strip()}
    await audit.record(session, principal, "site_added", "site", site.id, details)
    return site.id


async def change_site(
    session: AsyncSession,
    principal: Principal,
    site_id: UUID,
    change: SiteChange,
    expected: int | None = None,
) -> None:
    """Change a site; another text of consent is a new version, which visitors are asked anew.

    Raises as ``add_site``, and AppError("site_not_found"|"changed_meanwhile").
    """
    site = await _locked(session, principal, site_id)
    check_revision(expected, site.revision)
    details: dict[str, Any] = {}
    if change.name is not None:
        site.name = _words("name", change.name)
    if change.greeting is not None:
        site.greeting = _words("greeting", change.greeting)
    if change.origins is not None:
        site.origins = details["origins"] = _origins(change.origins)
    for name in PLAIN:
        given = getattr(change, name)
        if given is not None:
            setattr(site, name, given)
            details[name] = given
    if change.consent is not None:
        details |= await _reword(session, site, _words("consent", change.consent))
    site.revision += 1
    site.updated_at = NOW
    await _flush(session)
    await audit.record(session, principal, "site_changed", "site", site_id, details)


async def remove_site(session: AsyncSession, principal: Principal, site_id: UUID) -> None:
    """Remove a site; visits from there end at once. Raises AppError("site_not_found")."""
    site = await _locked(session, principal, site_id)
    await session.delete(site)
    await session.flush()
    await audit.record(session, principal, "site_removed", "site", site_id)


def _with_consent() -> sa.Select[Site, str]:
    return sa.select(Site, SiteConsent.text).join(
        SiteConsent,
        sa.and_(SiteConsent.site_id == Site.id, SiteConsent.version == Site.consent_version),
    )


async def _found(session: AsyncSession, which: sa.ColumnElement[bool]) -> tuple[Site, str]:
    statement = _with_consent().where(which).execution_options(populate_existing=True)
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise AppError("site_not_found")
    return row[0], row[1]


async def _locked(session: AsyncSession, principal: Principal, site_id: UUID) -> Site:
    principal.require(Act.MANAGE_SITES)
    found = await session.get(Site, site_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise AppError("site_not_found")
    return found


async def _reword(session: AsyncSession, site: Site, text: str) -> dict[str, Any]:
    """Keep another text as the next version; the same one stays the version that it is."""
    present = await session.get_one(SiteConsent, (site.id, site.consent_version))
    if present.text == text:
        return {}
    site.consent_version += 1
    session.add(SiteConsent(site_id=site.id, version=site.consent_version, text=text))
    return {"consent": text, "consent_version": site.consent_version}


async def _flush(session: AsyncSession) -> None:
    try:
        async with session.begin_nested():
            await session.flush()
    except IntegrityError:
        raise AppError("site_name_taken") from None


def _origins(typed: Sequence[str]) -> list[str]:
    found: dict[str, None] = {}
    for text in typed:
        origin = canonical_origin(text)
        if origin is None:
            raise AppError("site_origin_invalid", origin=text.strip()[:100])
        found[origin] = None
    return list(found)


def _words(field: str, text: str) -> str:
    words = text.strip()
    if not words or "\x00" in words:
        raise invalid_field(field, "não pode ficar em branco")
    return words
