"""What helps to answer a ticket: passages of the base, a cited draft, where its like went."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.answering.abstain import judge
from cogep_assist.answering.extract import ExtractedAnswer, extract
from cogep_assist.core.access import visible_collections
from cogep_assist.core.models import Collection, EntryKind, TicketEntry, TicketStatus, Visibility
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.ticket_access import find_ticket
from cogep_assist.crm_service.ticket_list import TicketFilter
from cogep_assist.crm_service.ticket_schemas import (
    Classification,
    DraftReply,
    FoundTicket,
    Suggested,
    SuggestedPassage,
)
from cogep_assist.crm_service.ticket_search import QUESTION_CHARS, question_of, search_tickets
from cogep_assist.retrieval.search import Findings, Hit, investigate
from cogep_assist.retrieval.sentences import sentences

PASSAGES = 20
SHOWN = 5
NEIGHBOURS = 15
# With fewer voices than this a neighbourhood says nothing.
LEAST_SHARE = 0.4
LEAST_VOICES = 2
ENDED = [TicketStatus.RESOLVED, TicketStatus.CLOSED]


async def draft_reply(session: AsyncSession, principal: Principal, ticket_id: UUID) -> DraftReply:
    """Return a reply drawn from the base's own sentences, or the nearest passages without one.

    Raises AppError("ticket_not_found"|"role_not_allowed").
    """
    principal.require(Act.WORK_TICKETS)
    ticket = await find_ticket(session, principal, ticket_id)
    question = _asked(ticket.subject, await _last_message(session, ticket_id))
    readable = (await session.scalars(_lasting(principal))).all()
    findings = await investigate(session, question, readable, k=PASSAGES)
    # Choosing sentences takes some milliseconds, which others need not wait for.
    extracted, abstained = await asyncio.to_thread(_supported, question, findings)
    public = await _public(session, findings.hits)
    cited = [sentence.hit for sentence in extracted.sentences]
    numbers = {hit.chunk_id: n for n, hit in enumerate(dict.fromkeys(cited), start=1)}
    return DraftReply(
        abstained=abstained,
        text=_numbered(extracted, numbers),
        citations=[
            _passage(numbers[sentence.hit.chunk_id], sentence.hit, public).model_copy(
                update={"text": sentence.quote, "start": sentence.start, "end": sentence.end}
            )
            for sentence in extracted.sentences
        ],
        passages=[_passage(n, hit, public) for n, hit in enumerate(findings.hits[:SHOWN], 1)],
    )


async def classify_ticket(
    session: AsyncSession, principal: Principal, ticket_id: UUID
) -> Classification:
    """Suggest queue, priority and tags from ended tickets that speak of the same.

    Each value names the tickets that speak for it; nothing is changed. Raises
    AppError("ticket_not_found"|"role_not_allowed").
    """
    principal.require(Act.WORK_TICKETS)
    question = await question_of(session, principal, ticket_id)
    ended = TicketFilter(statuses=ENDED)
    near = await search_tickets(
        session, principal, question, ended, k=NEIGHBOURS, besides=ticket_id
    )
    queues = [(one.ticket.queue, one) for one in near]
    priorities = [(one.ticket.priority.value, one) for one in near]
    tags = [(tag, one) for one in near for tag in one.ticket.tags]
    return Classification(
        queue=next(iter(_voted(queues, near)), None),
        priority=next(iter(_voted(priorities, near)), None),
        tags=_voted(tags, near)[:5],
    )


def _supported(question: str, findings: Findings) -> tuple[ExtractedAnswer, bool]:
    extracted = extract(question, findings.hits)
    abstain = judge(question, findings, extracted).abstain
    return (ExtractedAnswer(()) if abstain else extracted), abstain


async def _last_message(session: AsyncSession, ticket_id: UUID) -> str:
    """Return what the person wrote last: a thread's question moves on."""
    found = await session.scalar(
        sa.select(TicketEntry.body)
        .where(TicketEntry.ticket_id == ticket_id, TicketEntry.kind == EntryKind.MESSAGE)
        .order_by(TicketEntry.id.desc())
        .limit(1)
    )
    return found or ""


def _asked(subject: str, message: str) -> str:
    """Return what a message asks: its longest question where it has one, else all of it.

    A greeting, a "tudo bem?" and a story around a question are words that no passage holds.
    """
    asked = [
        message[start:end]
        for start, end in sentences(message)
        if message[start:end].rstrip().endswith("?")
    ]
    return max(asked, key=len, default=f"{subject}\n{message}")[:QUESTION_CHARS]


def _lasting(principal: Principal) -> sa.Select[UUID]:
    return sa.select(Collection.id).where(
        Collection.id.in_(visible_collections(principal)), Collection.expires_at.is_(None)
    )


async def _public(session: AsyncSession, hits: Sequence[Hit]) -> set[UUID]:
    """Return which of the hits' collections anybody may read."""
    rows = await session.scalars(
        sa.select(Collection.id).where(
            Collection.id.in_({hit.collection_id for hit in hits}),
            Collection.visibility == Visibility.PUBLIC,
        )
    )
    return set(rows)


def _numbered(extracted: ExtractedAnswer, numbers: dict[UUID, int]) -> str:
    return " ".join(
        f"{sentence.text} [{numbers[sentence.hit.chunk_id]}]" for sentence in extracted.sentences
    )


def _passage(number: int, hit: Hit, public: set[UUID]) -> SuggestedPassage:
    return SuggestedPassage(
        n=number,
        document_id=hit.document_id,
        version=hit.version,
        title=hit.title,
        uri=hit.uri,
        heading=hit.heading,
        page=hit.page,
        text=hit.text,
        start=hit.start,
        end=hit.end,
        public=hit.collection_id in public,
    )


def _voted(
    voices: Sequence[tuple[str, FoundTicket]], near: Sequence[FoundTicket]
) -> list[Suggested]:
    """Return the values that enough of the neighbours have, weighed by how near they are."""
    whole = sum(one.score for one in near)
    by_value: dict[str, list[FoundTicket]] = {}
    for value, one in voices:
        by_value.setdefault(value, []).append(one)
    suggested = [
        Suggested(
            value=value,
            share=round(sum(one.score for one in those) / whole, 3) if whole else 0.0,
            because=[one.ticket.protocol for one in those[:3]],
        )
        for value, those in by_value.items()
        if len(those) >= LEAST_VOICES
    ]
    kept = [one for one in suggested if one.share >= LEAST_SHARE]
    return sorted(kept, key=lambda one: (-one.share, one.value))
