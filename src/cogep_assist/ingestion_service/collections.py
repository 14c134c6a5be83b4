"""Collections: which there are, and who may read them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access import curated_collections, visible_collections
from cogep_assist.core.access_teams import name_collection_teams, teams_of_collections
from cogep_assist.core.collection_name import check_collection_name
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Collection, Document, PersonalDataPolicy, Role, Visibility
from cogep_assist.core.principal import Act, Principal
from cogep_assist.ingestion_service.schemas import CollectionReply


async def list_collections(session: AsyncSession, principal: Principal) -> list[CollectionReply]:
    """Return the collections that somebody may see, by name."""
    rows = (await session.execute(_counted(principal).order_by(Collection.name))).all()
    teams = await teams_of_collections(session, [row[0].id for row in rows])
    return [_reply(*row, teams.get(row[0].id, [])) for row in rows]


async def set_visibility(
    session: AsyncSession,
    principal: Principal,
    name: str,
    visibility: Visibility,
    *,
    readers: Sequence[str] | None = None,
    curators: Sequence[str] | None = None,
    personal_data: PersonalDataPolicy | None = None,
) -> tuple[CollectionReply, bool]:
    """Create a collection or change who may read it; return it, and whether it is new.

    Team names and a policy on personal data that are not given stay as they are. A new policy
    holds for documents that come in from now on. Raises AppError("role_not_allowed"|
    "collection_name_invalid"|"collection_not_found"|"collection_not_curated"|"team_not_found"|
    "teams_needed").
    """
    principal.require(Act.MANAGE_COLLECTIONS)
    check_collection_name(name)
    created = await ensure_collection(session, principal, name, visibility)
    if not created:
        await require_curated(session, principal, [name])
        await _change(session, principal, name, visibility)
    if personal_data is not None:
        await _set_policy(session, principal, name, personal_data)
    await _name_teams(session, principal, name, visibility, readers, curators)
    row = (await session.execute(_counted(principal).where(Collection.name == name))).one_or_none()
    if row is None:
        raise AppError("collection_not_found", name=name)
    teams = await teams_of_collections(session, [row[0].id])
    return _reply(*row, teams.get(row[0].id, [])), created


async def require_curated(
    session: AsyncSession, principal: Principal, names: Iterable[str]
) -> None:
    """Refuse collections that are there and whose content somebody may not change.

    Raises AppError("collection_not_found") for one that they may not read either, and
    AppError("collection_not_curated") for one that another team looks after.
    """
    if principal.role is Role.ADMIN:
        return
    row = (
        await session.execute(
            sa.select(Collection.name, Collection.id.in_(visible_collections(principal)))
            .where(
                Collection.name.in_(list(names)),
                Collection.id.not_in(curated_collections(principal)),
            )
            .limit(1)
        )
    ).first()
    if row is None:
        return
    name, readable = row
    if not readable:
        raise AppError("collection_not_found", name=name)
    raise AppError("collection_not_curated", name=name)


async def require_curated_id(
    session: AsyncSession, principal: Principal, collection_id: UUID
) -> None:
    """Refuse a collection by its id. Raises as ``require_curated``."""
    name = await session.scalar(sa.select(Collection.name).where(Collection.id == collection_id))
    if name is not None:
        await require_curated(session, principal, [name])


async def ensure_collection(
    session: AsyncSession,
    principal: Principal,
    name: str,
    visibility: Visibility = Visibility.INTERNAL,
    *,
    expires_at: datetime | None = None,
) -> bool:
    """Create a collection unless there is one of this name; return whether it is new."""
    created = await session.scalar(
        insert(Collection)
        .values(name=check_collection_name(name), visibility=visibility, expires_at=expires_at)
        .on_conflict_do_nothing(index_elements=["name"])
        .returning(Collection.id)
    )
    if created is None:
        return False
    await audit.record(
        session,
        principal,
        "collection_created",
        "collection",
        created,
        {"visibility": visibility.value},
    )
    return True


async def _change(
    session: AsyncSession, principal: Principal, name: str, visibility: Visibility
) -> None:
    changed = await session.scalar(
        sa.update(Collection)
        .where(Collection.name == name, Collection.visibility != visibility)
        .values(visibility=visibility)
        .returning(Collection.id)
    )
    if changed is not None:
        await audit.record(
            session,
            principal,
            "collection_changed",
            "collection",
            changed,
            {"visibility": visibility.value},
        )


async def _set_policy(
    session: AsyncSession, principal: Principal, name: str, policy: PersonalDataPolicy
) -> None:
    changed = await session.scalar(
        sa.update(Collection)
        .where(Collection.name == name, Collection.personal_data != policy)
        .values(personal_data=policy)
        .returning(Collection.id)
    )
    if changed is not None:
        details = {"personal_data": policy.value}
        await audit.record(session, principal, "collection_changed", "collection", changed, details)


async def _name_teams(
    session: AsyncSession,
    principal: Principal,
    name: str,
    visibility: Visibility,
    readers: Sequence[str] | None,
    curators: Sequence[str] | None,
) -> None:
    collection_id = await session.scalar(sa.select(Collection.id).where(Collection.name == name))
    if collection_id is None:
        raise AppError("collection_not_found", name=name)
    named = (await teams_of_collections(session, [collection_id])).get(collection_id, [])
    if readers is None:
        readers = [team for team, curates in named if not curates]
    if curators is None:
        curators = [team for team, curates in named if curates]
    if visibility is Visibility.TEAMS and not readers and not curators:
        raise AppError("teams_needed")
    if sorted(set(readers) | set(curators)) != sorted(team for team, _ in named) or sorted(
        set(curators)
    ) != sorted(team for team, curates in named if curates):
        await name_collection_teams(
            session, principal, collection_id, readers=readers, curators=curators
        )


def _counted(principal: Principal) -> sa.Select[Collection, int]:
    documents = (
        sa.select(sa.func.count())
        .select_from(Document)
        .where(Document.collection_id == Collection.id, Document.deleted_at.is_(None))
        .correlate(Collection)
        .scalar_subquery()
    )
    return (
        sa.select(Collection, documents)
        .where(Collection.id.in_(visible_collections(principal)))
        .execution_options(populate_existing=True)
    )


def _reply(
    collection: Collection, documents: int, teams: Sequence[tuple[str, bool]]
) -> CollectionReply:
    return CollectionReply(
        name=collection.name,
        visibility=collection.visibility,
        personal_data=collection.personal_data,
        readers=[name for name, _ in teams],
        curators=[name for name, curates in teams if curates],
        documents=documents,
        expires_at=collection.expires_at,
        created_at=collection.created_at,
    )
