"""Automated decisions: their dossiers, and their review by a person."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from cogep_assist.core.idempotency import StoredReply
from cogep_assist.core.models import DecisionKind
from cogep_assist.core.principal import Act
from cogep_assist.edge.cursors import IdCursor, decode_id_cursor, encode_cursor
from cogep_assist.edge.once_door import Door, raw
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.lgpd_service.incidents.incident_schemas import (
    AskReviewBody,
    DecisionPage,
    DecisionReply,
    ReviewBody,
    ReviewReply,
)
from cogep_assist.lgpd_service.legal.decisions import (
    CRITERIA,
    ReviewedDecision,
    ask_review,
    find_decision,
    list_decisions,
    review_decision,
)

router = guarded_router(tags=["lgpd-decisions"])
READ = rule(Login.KEY_OR_SESSION, Act.READ_DECISIONS)
ASK = rule(Login.KEY_OR_SESSION, Act.ASK_REVIEWS, idempotent=True)
REVIEW = rule(Login.KEY_OR_SESSION, Act.REVIEW_DECISIONS, idempotent=True)


@router.get(
    "/lgpd/decisions",
    response_model=DecisionPage,
    summary="Lista as decisões automatizadas sobre quem pergunta",
    dependencies=[READ],
)
async def decisions(
    session: SessionDep,
    principal: PrincipalDep,
    kind: Annotated[list[DecisionKind] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: IdCursor = None,
) -> DecisionPage:
    """List decisions."""
    rows, more = await list_decisions(
        session, principal, kinds=kind or (), after=decode_id_cursor(cursor), limit=limit
    )
    return DecisionPage(items=[_reply(row) for row in rows], next_cursor=encode_cursor(more))


@router.get(
    "/lgpd/decisions/{decision_id}",
    response_model=DecisionReply,
    summary="Mostra em que uma decisão automatizada se baseou",
    dependencies=[READ],
)
async def decision(
    decision_id: UUID, session: SessionDep, principal: PrincipalDep
) -> DecisionReply:
    """Show a dossier."""
    return _reply(await find_decision(session, principal, decision_id))


@router.post(
    "/lgpd/decisions/{decision_id}/review",
    status_code=201,
    response_model=DecisionReply,
    summary="Pede que uma pessoa reveja a decisão (art. 20)",
    dependencies=[ASK],
)
async def ask(
    request: Request, door: Door, decision_id: UUID, body: AskReviewBody
) -> DecisionReply:
    """Ask for a review."""
    settings = edge_state(request).settings

    async def work() -> StoredReply:
        await ask_review(door.session, door.principal, decision_id, body.reason, settings)
        return StoredReply(201, {})

    await door.once(work, raw(body))
    return _reply(await find_decision(door.session, door.principal, decision_id))


@router.post(
    "/lgpd/reviews/{review_id}",
    response_model=DecisionReply,
    summary="Registra o que uma pessoa concluiu ao rever uma decisão",
    dependencies=[REVIEW],
)
async def review(request: Request, door: Door, review_id: UUID, body: ReviewBody) -> DecisionReply:
    """Write down a review."""
    settings = edge_state(request).settings

    async def work() -> StoredReply:
        done = await review_decision(
            door.session, door.principal, review_id, body.outcome, body.explanation, settings
        )
        return StoredReply(200, {"decision_id": str(done.decision.id)})

    stored = await door.once(work, raw(body))
    decided = UUID(stored.reply["decision_id"])
    return _reply(await find_decision(door.session, door.principal, decided))


def _reply(found: ReviewedDecision) -> DecisionReply:
    row = found.decision
    title, criteria = CRITERIA[row.kind]
    return DecisionReply(
        id=row.id,
        kind=row.kind,
        kind_label=title,
        criteria=criteria,
        object_type=row.object_type,
        object_id=row.object_id,
        customer_id=row.customer_id,
        input_sha256=row.input_sha256.hex(),
        model=row.model,
        prompt_version=row.prompt_version,
        sources=row.sources,
        confidence_permille=row.confidence_permille,
        effect=row.effect,
        made_at=row.made_at,
        reviews=[ReviewReply.model_validate(one, from_attributes=True) for one in found.reviews],
        links={"self": f"/lgpd/decisions/{row.id}"},
    )
