"""The classes of data that have a term: from which event it runs, and what stands against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.legal_hold import not_held
from cogep_assist.core.models import (
    Conversation,
    Customer,
    RetentionFate,
    SubjectKeeping,
    SubjectRequest,
    Ticket,
    TicketStatus,
)
from cogep_assist.lgpd_service.keeping.keepings import stands


@dataclass(frozen=True, slots=True)
class DataClass:
    """A class: its table, the event from which its term runs, and which rows are meant."""

    title: str
    model: type[Any]
    table: str
    event: str
    since: Any
    meant: sa.ColumnElement[bool]
    days: int
    fate: RetentionFate
    reference: str
    object_type: str | None = None


def _without_tickets() -> sa.ColumnElement[bool]:
    return ~sa.exists().where(Ticket.customer_id == Customer.id)


CLASSES: dict[str, DataClass] = {
    "conversations": DataClass(
        "Conversas",
        Conversation,
        "ai.conversation",
        "última pergunta",
        Conversation.updated_at,
        sa.true(),
        180,
        RetentionFate.ELIMINATE,
        "art. 15, I, e art. 16 (finalidade alcançada)",
    ),
    "closed_tickets": DataClass(
        "Chamados encerrados",
        Ticket,
        "crm.ticket",
        "encerramento",
        Ticket.closed_at,
        sa.and_(Ticket.status == TicketStatus.CLOSED, Ticket.subject != "(eliminado)"),
        1825,
        RetentionFate.ANONYMIZE,
        "art. 16, IV (uso exclusivo do controlador, anonimizado); Código Civil, art. 206, § 5º",
        "ticket",
    ),
    "removed_customers": DataClass(
        "Cadastros removidos",
        Customer,
        "crm.customer",
        "remoção do cadastro",
        Customer.removed_at,
        sa.and_(Customer.merged_into_id.is_(None), _without_tickets()),
        1825,
        RetentionFate.ELIMINATE,
        "art. 15, I, e art. 16; Código Civil, art. 206, § 5º",
        "customer",
    ),
    "unproven_requests": DataClass(
        "Pedidos de titular sem identidade comprovada",
        SubjectRequest,
        "lgpd.subject_request",
        "encerramento",
        SubjectRequest.closed_at,
        sa.and_(
            SubjectRequest.identity_checked_at.is_(None),
            SubjectRequest.requester_name != "(eliminado)",
        ),
        180,
        RetentionFate.ANONYMIZE,
        "art. 6º, III, e art. 16, I (fica o registro do pedido, sem quem disse ser)",
    ),
}


async def due(
    session: AsyncSession, data_class: DataClass, before: date
) -> tuple[Sequence[UUID], dict[str, int]]:
    """Return the ids whose term is over before a day, in order, and how many stay and why.

    What a legal hold covers stays; so does what a ground of conservation keeps: a public record
    within its temporality is blocked, never destroyed.
    """
    over, free, kept = _conditions(data_class, before)
    model = data_class.model
    ids = await session.scalars(sa.select(model.id).where(over, free, ~kept).order_by(model.id))
    _, stays = await count_due(session, data_class, before)
    return list(ids), stays


async def count_due(
    session: AsyncSession, data_class: DataClass, before: date
) -> tuple[int, dict[str, int]]:
    """Return how many ids ``due`` would, and how many stay and why, in one statement."""
    over, free, kept = _conditions(data_class, before)
    count = sa.func.count()
    tallied = sa.select(
        count.filter(free, ~kept).label("goes"),
        count.filter(~free).label("legal_hold"),
        count.filter(free, kept).label("keeping"),
    )
    row = (await session.execute(tallied.select_from(data_class.model).where(over))).one()
    stays = {"legal_hold": row.legal_hold, "keeping": row.keeping}
    return row.goes, {name: number for name, number in stays.items() if number}


def goes_before(data_class: DataClass, before: sa.ColumnElement[Any]) -> sa.ScalarSelect[int]:
    """Count, inside another statement, the ids that ``due`` would return."""
    over, free, kept = _conditions(data_class, before)
    counted = sa.select(sa.func.count()).select_from(data_class.model)
    return counted.where(over, free, ~kept).scalar_subquery()


def _conditions(
    data_class: DataClass, before: date | sa.ColumnElement[Any]
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Return what is over its term, what no hold covers, and what a ground keeps."""
    over = sa.and_(data_class.since < before, data_class.meant)
    return over, not_held(data_class.model), _kept(data_class)


def _kept(data_class: DataClass) -> sa.ColumnElement[bool]:
    if data_class.object_type is None:
        return sa.false()
    standing = (stands(),)
    own = sa.and_(
        SubjectKeeping.object_type == data_class.object_type,
        SubjectKeeping.object_id == data_class.model.id,
    )
    return sa.exists().where(own, *standing)
