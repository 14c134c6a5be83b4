"""The record of processing (art. 37): composed from the live schema, kept in versions."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import advisory_locks, audit, signing
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    Base,
    ModelTransfer,
    OrganizationProfile,
    PersonalLabel,
    RegisteredProvider,
    RopaVersion,
)
from cogep_assist.core.principal import Act, Principal
from cogep_assist.lgpd_service.legal.legal_bases import LEGAL_BASES
from cogep_assist.lgpd_service.record.processing_activities import Activity, all_activities

# What the log of transfers tells of a host.
ASKED = ("providers", "kinds", "models", "countries", "mechanisms")


async def compose_ropa(session: AsyncSession, principal: Principal) -> dict[str, Any]:
    """Return the record as it stands now. Raises AppError("role_not_allowed")."""
    principal.require(Act.READ_ROPA)
    return await record_now(session)


async def record_now(session: AsyncSession) -> dict[str, Any]:
    """Return the record as JSON values without moments or counts: the same state, the same hash."""
    activities = await all_activities(session)
    columns = [column for table in Base.metadata.tables.values() for column in table.columns]
    unlabelled = [c for c in columns if not isinstance(c.info.get("personal"), PersonalLabel)]
    return {
        "organization": await _organization(session),
        "schema": {
            "personal_columns": sum(len(activity.columns) for activity in activities),
            "columns": len(columns),
            "unlabelled_columns": len(unlabelled),
        },
        "activities": [_told(activity) for activity in activities],
        "processors": await _processors(session),
    }


async def publish_version(
    session: AsyncSession, principal: Principal, note: str = ""
) -> tuple[RopaVersion, bool]:
    """Keep the record as a version; where nothing changed, return the one there is.

    Raises AppError("role_not_allowed").
    """
    principal.require(Act.MANAGE_ROPA)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(advisory_locks.ROPA_VERSIONS)))
    content = await record_now(session)
    digest = hashlib.sha256(signing.canonical(content)).digest()
    newest = await newest_version(session)
    if newest is not None and bytes(newest.sha256) == digest:
        return newest, False
    version = RopaVersion(
        number=newest.number + 1 if newest else 1,
        content=content,
        sha256=digest,
        note=note,
        made_by=principal.label,
    )
    session.add(version)
    await session.flush()
    await session.refresh(version)
    details = {"sha256": digest.hex()}
    await audit.record(
        session, principal, "ropa_published", "ropa_version", str(version.number), details
    )
    return version, True


async def newest_version(session: AsyncSession) -> RopaVersion | None:
    """Return the last version."""
    newest = sa.select(RopaVersion).order_by(RopaVersion.number.desc()).limit(1)
    return (await session.scalars(newest)).first()


async def list_versions(session: AsyncSession, principal: Principal) -> Sequence[RopaVersion]:
    """Return every version, newest first. Raises AppError("role_not_allowed")."""
    principal.require(Act.READ_ROPA)
    found = await session.scalars(sa.select(RopaVersion).order_by(RopaVersion.number.desc()))
    return found.all()


async def find_version(session: AsyncSession, principal: Principal, number: int) -> RopaVersion:
    """Return one version. Raises AppError("role_not_allowed"|"ropa_version_not_found")."""
    principal.require(Act.READ_ROPA)
    version = await session.get(RopaVersion, number)
    if version is None:
        raise AppError("ropa_version_not_found", number=number)
    return version


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what changed between two records: activities and processors, field by field."""
    changes: list[dict[str, Any]] = []
    for part, key in (("activities", "key"), ("processors", "host")):
        old = {item[key]: item for item in before[part]}
        new = {item[key]: item for item in after[part]}
        for name in sorted(set(old) | set(new)):
            changes += _changes(part, name, old.get(name), new.get(name))
    for name in ("organization", "schema"):
        changes += _changes(name, name, before[name], after[name])
    return changes


def _changes(
    part: str, name: str, old: dict[str, Any] | None, new: dict[str, Any] | None
) -> list[dict[str, Any]]:
    if old is None or new is None:
        kind = "added" if old is None else "removed"
        return [{"part": part, "key": name, "change": kind, "before": None, "after": None}]
    return [
        {
            "part": part,
            "key": name,
            "change": field,
            "before": old.get(field),
            "after": new.get(field),
        }
        for field in sorted(set(old) | set(new))
        if old.get(field) != new.get(field)
    ]


def _told(activity: Activity) -> dict[str, Any]:
    values = asdict(activity)
    values.pop("revision")
    values["role"] = activity.role.value
    values["legal_basis_text"] = LEGAL_BASES[activity.legal_basis]
    values["classes"] = sorted({column.personal_class for column in activity.columns})
    return values


async def _organization(session: AsyncSession) -> dict[str, Any]:
    profile = await session.get(OrganizationProfile, 1)
    return {
        "name": profile.name if profile else "",
        "public_body": profile.public_body if profile else True,
        "small_agent": profile.small_agent if profile else False,
    }


async def _processors(session: AsyncSession) -> list[dict[str, Any]]:
    """Return whom models are asked of, by host: as registered, and as the log of transfers has it.

    A provider is there from the day it is registered, asked or not; one that was asked stays
    after it is withdrawn.
    """
    used = await _asked_of(session)
    registered = {
        row.host: row
        for row in await session.scalars(
            sa.select(RegisteredProvider).where(RegisteredProvider.withdrawn_at.is_(None))
        )
    }
    return [
        _processor(host, used.get(host, {}), registered.get(host))
        for host in sorted({*used, *registered})
    ]


async def _asked_of(session: AsyncSession) -> dict[str, dict[str, Any]]:
    found = await session.execute(
        sa.select(
            ModelTransfer.host,
            sa.func.array_agg(sa.distinct(sa.cast(ModelTransfer.provider, sa.Text))),
            sa.func.array_agg(sa.distinct(sa.cast(ModelTransfer.kind, sa.Text))),
            sa.func.array_agg(sa.distinct(ModelTransfer.model)),
            sa.func.array_agg(sa.distinct(sa.func.coalesce(ModelTransfer.country, ""))),
            sa.func.array_agg(sa.distinct(sa.func.coalesce(ModelTransfer.mechanism, ""))),
        ).group_by(ModelTransfer.host)
    )
    return {
        host: {n: sorted(filter(None, v)) for n, v in zip(ASKED, values, strict=True)}
        for host, *values in found
    }


def _processor(
    host: str, used: dict[str, list[str]], provider: RegisteredProvider | None
) -> dict[str, Any]:
    told = {name: set(used.get(name, ())) for name in ASKED}
    if provider is not None:
        told["countries"].add(provider.country)
        told["mechanisms"] |= {provider.mechanism.value} if provider.mechanism else set()
    return {
        "host": host,
        **{name: sorted(values) for name, values in told.items()},
        "registered": None if provider is None else _as_registered(provider),
    }


def _as_registered(provider: RegisteredProvider) -> dict[str, Any]:
    names = ("legal_entity", "region", "contract", "retention_terms", "training_terms")
    until = provider.expires_at
    return {
        **{name: getattr(provider, name) for name in names},
        "ownership": provider.ownership.value,
        "valid_until": until.astimezone(UTC).isoformat() if until else None,
        "masked": provider.masked,
        "sensitive_allowed": provider.sensitive_allowed,
    }
