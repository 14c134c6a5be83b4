"""A desk into which other systems' exports come."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import (
    PastSystem,
)
from cogep_assist.crm_service.actor_names import actor_names
from cogep_assist.crm_service.importers.batches import begin_batch, run_batch
from cogep_assist.crm_service.importers.mapping import WordMap, as_json
from cogep_assist.crm_service.importers.records import (
    Export,
)
from cogep_assist.crm_service.importers.report import Report
from cogep_assist.crm_service.importers.slices import Run
from cogep_assist.crm_service.tickets.ticket_detail import describe_ticket
from cogep_assist.crm_service.tickets.ticket_list import TicketFilter
from cogep_assist.crm_service.tickets.ticket_schemas import TicketDetail
from cogep_assist.crm_service.tickets.ticket_search import search_tickets
from cogep_assist.lgpd_service.erasure.erased_values import without_erased
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.limits import ParseLimits

Tell = Callable[[int], None]


@dataclass
class Room:
    """A desk into which exports come."""

    settings: Settings
    database: Database
    pool: ParserPool
    mapping: WordMap = field(default_factory=WordMap)

    async def bring(
        self,
        export: Export,
        system: PastSystem,
        *,
        origin: str | None = None,
        batch_id: UUID | None = None,
        dry_run: bool = False,
        tell: Tell = lambda _: None,
        readmits: bool = False,
    ) -> tuple[UUID | None, Report]:
        report = Report()
        report.survey.count(export.people(), export.tickets())
        report.unmapped = report.survey.unmapped(self.mapping)
        origin = origin or system.value
        if batch_id is None and not dry_run:
            async with self.database.begin() as session:
                batch = await begin_batch(
                    session, SYSTEM, system, origin, "x", as_json(self.mapping)
                )
                batch_id = batch.id
        await run_batch(
            Run(
                self.database,
                SYSTEM,
                self.settings,
                self.pool,
                ParseLimits(),
                export,
                self.mapping,
                origin,
                batch_id,
                report,
                tell,
                readmits=readmits,
                without_erased=partial(without_erased, data_dir=self.settings.data_dir),
            )
        )
        return batch_id, report

    async def ticket(self, number: str) -> TicketDetail:
        async with self.database.begin() as session:
            found = await search_tickets(session, SYSTEM, number, TicketFilter())
            return await describe_ticket(session, SYSTEM, found[0].ticket.id)

    async def count(self, model: Any, *conditions: Any) -> int:
        async with self.database.begin() as session:
            statement = sa.select(sa.func.count()).select_from(model).where(*conditions)
            return (await session.scalar(statement)) or 0


async def names_of(room: Room, ticket: TicketDetail) -> list[str]:
    async with room.database.begin() as session:
        names = await actor_names(session, {entry.author for entry in ticket.entries})
    return [names[entry.author] for entry in ticket.entries]
