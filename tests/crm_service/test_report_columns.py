"""Reports read packed columns, and equal what is counted plainly, whatever a desk lives through."""

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from counted_reports import counted_report
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from cogep_assist.core.db import Database
from cogep_assist.core.models import (
    REPORT_CHANGE,
    Customer,
    CustomerKind,
    Erasure,
    ErasureOutcome,
    FenceKind,
    ReportStretch,
    Role,
    SubjectFence,
    Team,
    TeamMember,
    Ticket,
    TicketChannel,
    TicketPriority,
    TicketQueue,
    TicketRating,
    TicketSla,
    TicketStatus,
    User,
)
from cogep_assist.core.principal import SYSTEM, Principal, PrincipalKind
from cogep_assist.crm_service.importers.past_ids import uuid7_at
from cogep_assist.crm_service.reports.desk_reports import report_along_time
from cogep_assist.crm_service.reports.report_fold import fold_changes
from cogep_assist.crm_service.reports.report_reading import IN_TIME, GroupBy

NOW = datetime.now(UTC).replace(microsecond=0)
DPO = Principal(PrincipalKind.USER, Role.ADMIN, UUID(int=9))
TAGS = ["férias", "rede", "senha", "e-mail"]
TICKETS = 50


class Desk:
    """Queues of two teams and of none, people, and tickets that live at random."""

    def __init__(self, session: AsyncSession, chance: random.Random) -> None:
        self.session, self.chance = session, chance
        self.teams = [Team(id=uuid7(), name=n, name_key=n) for n in ("redes", "pessoal")]
        owners = [self.teams[0].id, self.teams[1].id, None]
        self.queues = [
            TicketQueue(id=uuid7(), name=f"Fila {n}", team_id=owner)
            for n, owner in enumerate(owners)
        ]
        self.agents = [_agent(name) for name in ("Íris", "João", "Zélia")]
        self.customers = [
            Customer(
                id=uuid7(),
                kind=CustomerKind.PERSON,
                name=f"Conceição {n}",
                sort_key=str(n),
                created_by="system",
            )
            for n in range(6)
        ]
        self.tickets: list[UUID] = []

    async def found(self) -> None:
        self.session.add_all([*self.teams, *self.agents, *self.customers])
        await self.session.flush()
        self.session.add_all(self.queues)
        members = [TeamMember(team_id=self.teams[0].id, user_id=self.agents[0].id)]
        self.session.add_all(
            [*members, TeamMember(team_id=self.teams[1].id, user_id=self.agents[1].id)]
        )
        await self.session.flush()
        for _ in range(TICKETS):
            await self.open()

    async def open(self) -> None:
        opened = NOW - timedelta(seconds=self.chance.randrange(200 * 86_400), microseconds=7)
        ticket = uuid7_at(opened)
        self.tickets.append(ticket)
        customer = self.chance.choice([None, *self.customers])
        self.session.add(
            Ticket(
                id=ticket,
                protocol=str(ticket),
                subject="Assunto",
                channel=TicketChannel.WEB,
                priority=self.chance.choice(list(TicketPriority)),
                queue_id=self.chance.choice(self.queues).id,
                assignee_id=self._anybody(),
                customer_id=customer and customer.id,
                opened_by=self.chance.choice(["system", "user:a", f"user:{self.agents[0].id}"]),
                tags=self.chance.sample(TAGS, self.chance.randrange(3)),
                created_at=opened,
            )
        )
        await self.session.flush()
        if self.chance.random() < 0.5:
            self.session.add(TicketSla(ticket_id=ticket))
            await self.session.flush()

    async def reply(self) -> None:
        await self._change(first_replied_at=Ticket.created_at + self._later())
        await self._beside(TicketSla, first_reply_met=self.chance.random() < 0.7)

    async def resolve(self) -> None:
        status = self.chance.choice([TicketStatus.RESOLVED, TicketStatus.CLOSED])
        await self._change(status=status, resolved_at=Ticket.created_at + self._later())
        await self._beside(TicketSla, resolution_met=self.chance.random() < 0.7)

    async def close_unsolved(self) -> None:
        await self._change(status=TicketStatus.CLOSED, closed_at=Ticket.created_at + self._later())

    async def reopen(self) -> None:
        await self._change(status=TicketStatus.OPEN, resolved_at=None, closed_at=None)

    async def rate(self) -> None:
        score = self.chance.randint(1, 5)
        ticket = self._any()
        known = await self.session.get(TicketRating, ticket)
        if known is None:
            self.session.add(TicketRating(ticket_id=ticket, score=score))
        elif score == 5:
            await self.session.delete(known)
        else:
            known.score = score
        await self.session.flush()

    async def move(self) -> None:
        await self._change(queue_id=self.chance.choice(self.queues).id)

    async def assign(self) -> None:
        await self._change(assignee_id=self._anybody())

    async def tag_and_weigh(self) -> None:
        tags = self.chance.sample(TAGS, self.chance.randrange(4))
        await self._change(tags=tags, priority=self.chance.choice(list(TicketPriority)))

    async def merge(self) -> None:
        kept, other = self.chance.sample(self.tickets, 2)
        await self._change(other, merged_into_id=kept)

    async def take_merge_back(self) -> None:
        await self._change(merged_into_id=None)

    async def erase(self) -> None:
        """As an erasure leaves a person's tickets."""
        await self._change(customer_id=None, opened_by="erased", tags=[], subject="(eliminado)")

    async def take_import_back(self) -> None:
        gone = self._any()
        statement = sa.delete(Ticket).where(
            Ticket.id == gone, ~sa.exists().where(Ticket.merged_into_id == gone)
        )
        taken = await self.session.execute(statement.returning(Ticket.id))
        if taken.one_or_none() is not None:
            self.tickets.remove(gone)

    async def hand_queue_over(self) -> None:
        owner = self.chance.choice([None, *self.teams])
        await self.session.execute(
            sa.update(TicketQueue)
            .where(TicketQueue.id == self.chance.choice(self.queues).id)
            .values(team_id=owner and owner.id)
        )

    def _any(self) -> UUID:
        return self.chance.choice(self.tickets)

    def _anybody(self) -> UUID | None:
        agent = self.chance.choice([None, *self.agents])
        return agent and agent.id

    def _later(self) -> timedelta:
        return timedelta(seconds=self.chance.randrange(9_000_000))

    async def _change(self, ticket: UUID | None = None, **values: Any) -> None:
        of = Ticket.id == (ticket or self._any())
        await self.session.execute(sa.update(Ticket).where(of).values(**values))

    async def _beside(self, model: Any, **values: Any) -> None:
        of = model.ticket_id == self._any()
        await self.session.execute(sa.update(model).where(of).values(**values))


def _agent(name: str) -> User:
    email = f"{name}@exemplo.gov.br"
    return User(
        id=uuid7(),
        email=email,
        email_key=email,
        name=name,
        sort_key=name.lower(),
        role=Role.AGENT,
        created_by="system",
    )


async def test_reports_equal_what_is_counted_plainly_whatever_a_desk_lives_through(
    database: Database,
) -> None:
    chance = random.Random(20)
    async with database.begin() as session:
        desk = Desk(session, chance)
        await desk.found()
    acts: list[Callable[[], Awaitable[None]]] = [
        *(desk.open, desk.reply, desk.resolve, desk.close_unsolved, desk.reopen, desk.rate),
        *(desk.move, desk.assign, desk.tag_and_weigh, desk.merge, desk.take_merge_back),
        *(desk.erase, desk.take_import_back, desk.hand_queue_over),
    ]
    agents = [Principal(PrincipalKind.USER, Role.AGENT, one.id) for one in desk.agents]
    for turn in range(5):
        kept = list(desk.tickets)
        async with database.begin() as session:
            desk.session = session
            for _ in range(25):
                await chance.choice(acts)()
            if turn % 2:
                # What others have done and not committed yet must not be lost.
                async with database.begin() as folding:
                    await fold_changes(folding)
            if turn == 4:
                await session.rollback()
                desk.tickets = kept
        for principal in chance.sample([SYSTEM, DPO, *agents], 3):
            await _compare(database, principal, chance)
    await _shut_away(database, desk.customers[0].id)
    for _ in range(2):
        for principal in (SYSTEM, DPO, *agents):
            await _compare(database, principal, chance)
        async with database.begin() as session:
            await fold_changes(session)
            assert not await session.scalar(sa.select(sa.exists().select_from(REPORT_CHANGE)))


async def _shut_away(database: Database, customer: UUID) -> None:
    async with database.begin() as session:
        erasure = Erasure(
            id=uuid7(), protocol="1", outcome=ErasureOutcome.REFUSE, plan={}, created_by="system"
        )
        session.add(erasure)
        await session.flush()
        session.add(
            SubjectFence(erasure_id=erasure.id, kind=FenceKind.BLOCKED, customer_id=customer)
        )


async def _compare(database: Database, principal: Principal, chance: random.Random) -> None:
    """Compare the page's report, grouped by lot over a period by lot, and its volume along time."""
    days = chance.choice([1, 30, 90, 365])
    until = NOW - timedelta(seconds=chance.randrange(100 * 86_400))
    span = (until - timedelta(days=days), until)
    timezone = chance.choice(["America/Sao_Paulo", "Pacific/Auckland"])
    by, step = chance.choice(list(GroupBy)), chance.choice(sorted(IN_TIME))
    async with database.begin() as session:
        told, along = await report_along_time(session, principal, *span, by, step, timezone)
        for grouping, lines in ((by, told.lines), (step, along)):
            expected = await counted_report(session, principal, span, grouping, timezone)
            assert {line.key for line in lines} == expected.keys(), (principal, grouping, days)
            for line in lines:
                for name, value in line.model_dump(exclude={"key"}).items():
                    counted = expected[line.key][name]
                    about = counted if counted is None else pytest.approx(counted, rel=1e-9)
                    assert value == about, (principal, grouping, line.key, days, name)


async def test_a_change_that_no_report_tells_is_none(database: Database) -> None:
    async with database.begin() as session:
        desk = Desk(session, random.Random(1))
        await desk.found()
        assert await fold_changes(session) >= TICKETS
        await session.execute(sa.update(Ticket).values(revision=2, last_entry_at=NOW))
        await session.execute(sa.update(TicketSla).values(due_at=NOW))
        assert await fold_changes(session) == 0
        await session.execute(sa.delete(Ticket))
        assert await fold_changes(session) >= TICKETS
        assert await session.scalar(sa.select(ReportStretch.queue_id).limit(1)) is None
