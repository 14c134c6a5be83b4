"""The page of one ticket: what was written and what happened, in one line of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from cogep_assist.core.models import EntryKind
from cogep_assist.crm_service.tickets.ticket_labels import label
from cogep_assist.crm_service.tickets.ticket_schemas import (
    AttachmentReply,
    EntryReply,
    EventReply,
    TicketDetail,
)
from cogep_assist.web.desk_words import UNTOLD, event_words
from cogep_assist.web.source_view import passage_href

# What the person who asked learns of who wrote: the side, not the name.
SIDES = {
    EntryKind.MESSAGE: "Solicitante",
    EntryKind.REPLY: "Atendimento",
    EntryKind.NOTE: "Nota interna",
}
WITHHELD = "A resposta se apoia em um documento que você não pode ler."


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A place in a document that a reply leans on."""

    n: int
    title: str
    quote: str
    href: str


@dataclass(frozen=True, slots=True)
class EntryItem:
    """Something written."""

    id: UUID
    kind: str
    label: str
    author: str
    body: str
    sources: list[CitedSource]
    files: list[AttachmentReply]
    at: datetime
    is_new: bool = False
    held_until: datetime | None = None
    mine: bool = False
    is_entry: bool = True


@dataclass(slots=True)
class EventsItem:
    """Things that happened between two entries, folded together."""

    lines: list["EventLine"] = field(default_factory=list)
    is_entry: bool = False


@dataclass(frozen=True, slots=True)
class EventLine:
    """One thing that happened. ``undo``: the merge that can be taken back here."""

    who: str
    what: str
    at: datetime
    undo: str = ""


@dataclass(frozen=True, slots=True)
class HandoverView:
    """Where the conversation stood when it was handed over to a person."""

    question: str
    objective: str
    last_step: str
    decisions: list[str]
    issues: list[str]
    turns: list[tuple[str, str]]
    found: list[CitedSource]


def timeline(
    ticket: TicketDetail, names: Mapping[str, str], reader: str, zone: ZoneInfo
) -> list[EntryItem | EventsItem]:
    """Return entries and folded events, oldest first; what is new since the reader's last act."""
    seen_at = _last_act(ticket, reader)
    undoable = _undoable(ticket.events)
    told = [event for event in ticket.events if event.kind not in UNTOLD]
    moments: list[tuple[datetime, EntryReply | EventReply]] = [
        *((entry.created_at, entry) for entry in ticket.entries),
        *((event.created_at, event) for event in told),
    ]
    items: list[EntryItem | EventsItem] = []
    for _, one in sorted(moments, key=lambda pair: pair[0]):
        if isinstance(one, EntryReply):
            items.append(_entry(one, names, seen_at))
            continue
        if not items or not isinstance(items[-1], EventsItem):
            items.append(EventsItem())
        folded = items[-1]
        assert isinstance(folded, EventsItem)
        line = EventLine(
            _who(one, names),
            event_words(one, names, zone),
            one.created_at,
            undoable.get(one.id, ""),
        )
        folded.lines.append(line)
    return items


def own_entries(ticket: TicketDetail) -> list[EntryItem]:
    """Return what the person who asked may read, without the names of those who attended."""
    return [
        _entry(entry, {entry.author: "Você" if entry.mine else SIDES[entry.kind]}, None)
        for entry in ticket.entries
    ]


def public_entries(entries: Sequence[EntryReply]) -> list[EntryItem]:
    """Return what somebody with the protocol and its code may read."""
    return [_entry(entry, {entry.author: SIDES[entry.kind]}, None) for entry in entries]


def labels_of(ticket: TicketDetail) -> set[str]:
    """Return whom a ticket's line of time names."""
    found = {entry.author for entry in ticket.entries}
    for event in ticket.events:
        found.add(event.actor)
        found.add(event.details.get("by_key", event.actor))
        if event.kind == "assigned" and event.details.get("after"):
            found.add(f"user:{event.details['after']}")
    return found


def handover_view(handover: dict[str, Any] | None) -> HandoverView | None:
    """Arrange the hand-over of an answer that did not help."""
    if not handover:
        return None
    state = handover.get("state") or {}
    return HandoverView(
        question=str(handover.get("question", "")),
        objective=str(state.get("current_objective") or ""),
        last_step=str(state.get("last_step_completed") or ""),
        decisions=[str(one) for one in state.get("decisions") or []],
        issues=[str(one) for one in state.get("open_issues") or []],
        turns=[
            (
                str(turn.get("question", "")),
                WITHHELD if turn.get("withheld") else str(turn.get("answer", "")),
            )
            for turn in handover.get("turns") or []
        ],
        found=_sources(handover.get("found") or []),
    )


def _who(event: EventReply, names: Mapping[str, str]) -> str:
    name, key = names.get(event.actor, ""), event.details.get("by_key")
    return name if key is None else f"{name} (pela chave “{names.get(key, '')}”)"


def _entry(entry: EntryReply, names: Mapping[str, str], seen_at: datetime | None) -> EntryItem:
    return EntryItem(
        id=entry.id,
        kind=entry.kind.value,
        label=label(entry.kind),
        author=names.get(entry.author, ""),
        body=entry.body,
        sources=_sources(entry.citations),
        files=entry.attachments,
        at=entry.created_at,
        held_until=entry.held_until,
        mine=entry.mine,
        is_new=seen_at is not None and not entry.mine and entry.created_at > seen_at,
    )


def _sources(citations: Sequence[Mapping[str, Any]]) -> list[CitedSource]:
    return [
        CitedSource(
            n=number,
            title=str(one.get("title") or "Documento"),
            quote=str(one.get("quote") or ""),
            href=passage_href(
                UUID(str(one["document_id"])), one["version"], one["start"], one["end"]
            ),
        )
        for number, one in enumerate(citations, 1)
    ]


def _last_act(ticket: TicketDetail, reader: str) -> datetime | None:
    return max((event.created_at for event in ticket.events if event.actor == reader), default=None)


def _undoable(events: Sequence[EventReply]) -> dict[UUID, str]:
    """Return the merges that stand, by the event that tells of them."""
    undone = {str(one.details.get("merge")) for one in events if one.kind == "merge_undone"}
    return {
        one.id: str(one.details["merge"])
        for one in events
        if one.kind == "merged" and str(one.details.get("merge")) not in undone
    }
