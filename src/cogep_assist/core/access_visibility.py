"""What a person may see: where every look-up starts."""

from uuid import UUID

import sqlalchemy as sa

from cogep_assist.core.models import (
    ArchivedJob,
    Collection,
    CollectionTeam,
    Gap,
    GapCollection,
    IngestionJob,
    Role,
    TeamMember,
    Visibility,
)
from cogep_assist.core.principal import Act, Principal, PrincipalKind

NOW = sa.func.clock_timestamp()


def visible_collections(principal: Principal) -> sa.Select[UUID]:
    """Select the ids of the collections that somebody may read: where every look-up starts.

    Everybody reads the public ones, staff the internal ones too; one of named teams is read by
    their members and by administrators, who say which teams those are; one of a person by that
    person alone. Nobody reads a temporary
    collection whose time has passed, nor, from here, what was written on the desk's tickets.
    """
    statement = sa.select(Collection.id).where(
        Collection.queue_id.is_(None),
        sa.or_(Collection.expires_at.is_(None), Collection.expires_at > NOW),
    )
    own = Collection.owner_user_id == principal.user_id
    if principal.role is Role.ADMIN:
        # What somebody brought for a question of their own is not for administrators either.
        if principal.kind is PrincipalKind.SYSTEM:
            return statement
        return statement.where(sa.or_(Collection.owner_user_id.is_(None), own))
    readable = [Collection.visibility == Visibility.PUBLIC]
    if principal.is_staff:
        readable.append(Collection.visibility == Visibility.INTERNAL)
    if principal.user_id is not None:
        readable.append(own)
        readable.append(
            sa.and_(
                Collection.visibility == Visibility.TEAMS,
                Collection.id.in_(_collections_of_teams(principal.user_id)),
            )
        )
    return statement.where(sa.or_(*readable))


def curated_collections(principal: Principal) -> sa.Select[UUID]:
    """Select the ids of the collections whose content somebody may change.

    One that names the teams which look after it is changed by their members alone; where it
    names none, by every curator who may read it. Administrators may change all.
    """
    statement = visible_collections(principal)
    if not principal.may(Act.INGEST):
        return statement.where(sa.false())
    if principal.role is Role.ADMIN:
        return statement
    curated = sa.select(CollectionTeam.collection_id).where(CollectionTeam.curates)
    allowed = [Collection.id.not_in(curated)]
    if principal.user_id is not None:
        own = _collections_of_teams(principal.user_id).where(CollectionTeam.curates)
        allowed.append(Collection.id.in_(own))
    return statement.where(sa.or_(*allowed))


def visible_gaps(principal: Principal) -> sa.Select[UUID]:
    """Select the ids of the gaps whose every collection somebody looks after."""
    own = curated_collections(principal)
    held = sa.exists().where(GapCollection.gap_id == Gap.id)
    return sa.select(Gap.id).where(held, ~held.where(GapCollection.collection_id.not_in(own)))


def visible_jobs(
    principal: Principal, jobs: type[IngestionJob | ArchivedJob] = IngestionJob
) -> sa.Select[UUID]:
    """Select the ids of the jobs that somebody may see.

    For curation, those of the collections that they may read; for others, their own, and those
    too only while they may read where it goes. A collection that is gone hides nothing.
    """
    hidden = sa.select(Collection.id).where(Collection.id.not_in(visible_collections(principal)))
    if principal.role is Role.ADMIN:
        # Also of collections whose time has passed; what is somebody's own stays theirs.
        hidden = hidden.where(Collection.owner_user_id.is_not(None))
    statement = sa.select(jobs.id)
    if principal.kind is not PrincipalKind.SYSTEM:
        statement = statement.where(jobs.collection_id.not_in(hidden))
    if principal.may(Act.MANAGE_JOBS):
        return statement
    return statement.where(jobs.submitted_by == principal.label)


def _collections_of_teams(user_id: UUID) -> sa.Select[UUID]:
    return (
        sa.select(CollectionTeam.collection_id)
        .join(TeamMember, TeamMember.team_id == CollectionTeam.team_id)
        .where(TeamMember.user_id == user_id)
    )
