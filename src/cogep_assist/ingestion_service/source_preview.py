"""Tell what a visit would do, for somebody who wants to know before."""

from uuid import UUID

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import FollowedKind
from cogep_assist.core.principal import Act, Principal
from cogep_assist.ingestion_service.source_schemas import PreviewReply
from cogep_assist.ingestion_service.source_visit import Visitor, preview_visit
from cogep_assist.integrations.http import GuardedClient, policy_from_settings

NAMES_SHOWN = 100


async def preview_source(
    settings: Settings,
    database: Database,
    principal: Principal,
    kind: FollowedKind,
    target: str,
    source_id: UUID | None = None,
) -> PreviewReply:
    """List a target and compare it with what a source of it knows; change nothing.

    Raises AppError("role_not_allowed") and what listing raises.
    """
    principal.require(Act.MANAGE_SOURCES)
    async with GuardedClient(policy_from_settings(settings)) as client:
        visitor = Visitor(settings, database, client)
        listing, plan = await preview_visit(visitor, kind, target, source_id)
    return PreviewReply(
        added=plan.added[:NAMES_SHOWN],
        updated=plan.updated[:NAMES_SHOWN],
        missing=plan.missing[:NAMES_SHOWN],
        skipped=dict(list(listing.skipped.items())[:NAMES_SHOWN]),
        reasons=dict(list(listing.reasons.items())[:NAMES_SHOWN]),
        counts=plan.counts(listing),
        complete=listing.complete,
    )
