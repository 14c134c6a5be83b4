"""A desk that has made promises, and tickets that have waited."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import sqlalchemy as sa
from api import Api

from cogep_assist.core.models import Ticket, TicketEvent, TicketSla
from cogep_assist.crm_service.desk.desk_clock import run_desk_clock

ALWAYS = [[["00:00", "24:00"]]] * 7


async def put(client: httpx2.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    reply = await client.put(path, json=body)
    assert reply.status_code in {200, 201}, reply.text
    told: dict[str, Any] = reply.json()
    return told


async def promise(client: httpx2.AsyncClient, week: list[Any], **fields: Any) -> None:
    await put(client, "/crm/calendars/Comercial", week=week)
    targets = {
        "normal": {"first_reply_minutes": 60, "resolution_minutes": 480},
        "urgent": {"first_reply_minutes": 10, "resolution_minutes": 60},
    }
    body = {"calendar": "Comercial", "targets": targets, **fields}
    await put(client, "/crm/sla-policies/Geral", **body)


async def opened(client: httpx2.AsyncClient, **fields: Any) -> dict[str, Any]:
    body = {"subject": "Sem acesso", "body": "Não consigo entrar.", **fields}
    made: dict[str, Any] = (await client.post("/crm/tickets", json=body)).json()
    return made


async def long_ago(api: Api, ticket: dict[str, Any], span: timedelta) -> None:
    """Let a ticket and its history be older, as if that time had gone by."""
    mine = UUID(ticket["id"])
    async with api.database.begin() as session:
        for model, key in ((Ticket, Ticket.id), (TicketEvent, TicketEvent.ticket_id)):
            older = {"created_at": model.created_at - span}
            await session.execute(sa.update(model).where(key == mine).values(older))
        await session.execute(
            sa.update(TicketSla)
            .where(TicketSla.ticket_id == mine)
            .values(next_check_at=sa.func.clock_timestamp())
        )


async def tick(api: Api) -> None:
    async with api.database.begin() as session:
        await run_desk_clock(session, "")


async def told_of(client: httpx2.AsyncClient, ticket: dict[str, Any]) -> list[tuple[str, str]]:
    shown = (await client.get(ticket["links"]["self"])).json()
    return [
        (event["kind"], event["details"]["target"])
        for event in shown["events"]
        if event["kind"].startswith("sla_")
    ]
