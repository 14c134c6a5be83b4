"""Collections: which there are, and who may read them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.access import visible_collections
from cogep_assist.core.collection_name import check_collection_name
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Collection, Document, Visibility
from cogep_assist.core.principal import Act, Principal
from cogep_assist.ingestion_service.schemas import CollectionReply


async def list_collections(session: AsyncSession, principal: Principal) -> list[CollectionReply]:
    """Return the collections that somebody may see, by name."""
    rows = await session.execute(_counted(principal).order_by(Collection.name))
    return [_reply(*row) for row in rows]


async def set_visibility(
    session: AsyncSession, principal: Principal, name: str, visibility: Visibility
) -> tuple[CollectionReply, bool]:
    """Create a collection or change who may read it; return it, and whether it is new.

    Raises AppError("role_not_allowed"|"collection_name_invalid"|"collection_not_found").
    """
    principal.require(Act.MANAGE_COLLECTIONS)
    check_collection_name(name)
    created = await ensure_collection(session, principal, name, visibility)
    if not created:
        await _change(session, principal, name, visibility)
    row = (await session.execute(_counted(principal).where(Collection.name == name))).one_or_none()
    if row is None:
        raise AppError("collection_not_found", name=name)
    return _reply(*row), created


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


def _reply(collection: Collection, documents: int) -> CollectionReply:
    return CollectionReply(
        name=collection.name,
        visibility=collection.visibility,
        documents=documents,
        expires_at=collection.expires_at,
        created_at=collection.created_at,
    )
