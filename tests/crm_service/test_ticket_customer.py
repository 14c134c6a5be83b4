"""The customer of a ticket: somebody who is there, also while others merge and remove."""

import asyncio
from typing import Any
from uuid import UUID

import httpx2
import pytest
import sqlalchemy as sa
from api import Api

from cogep_assist.core.models import (
    Customer,
    FenceKind,
    Role,
    SubjectFence,
    Ticket,
    TicketEntry,
    TicketMerge,
)


@pytest.fixture
async def admin(api: Api) -> httpx2.AsyncClient:
    return await api.client(Role.ADMIN)


async def made(client: httpx2.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    reply = await client.post(path, json=body)
    assert reply.status_code == 201, reply.text
    told: dict[str, Any] = reply.json()
    return told


async def person(client: httpx2.AsyncClient, name: str) -> str:
    return str((await made(client, "/crm/customers", kind="person", name=name))["id"])


async def opened(client: httpx2.AsyncClient, customer: str | None = None) -> str:
    body = {"subject": "Férias", "body": "Quando?", "customer_id": customer}
    return str((await made(client, "/crm/tickets", **body))["links"]["self"])


async def test_a_ticket_is_of_nobody_who_was_merged_removed_or_shut_away(
    api: Api, admin: httpx2.AsyncClient
) -> None:
    kept, gone, removed, blocked = [
        await person(admin, f"{name} Conceição") for name in ("Ana", "Íris", "João", "Débora")
    ]
    of_removed = await opened(admin, removed)
    await made(admin, f"/crm/customers/{kept}/merge", loser_id=gone)
    assert (await admin.delete(f"/crm/customers/{removed}")).status_code == 204
    erasure = await made(admin, "/lgpd/erasures", customer_id=blocked)
    async with api.database.begin() as session:
        fence = {"erasure_id": UUID(erasure["id"]), "customer_id": UUID(blocked)}
        session.add(SubjectFence(kind=FenceKind.BLOCKED, **fence))
    ticket = await opened(admin)
    agent = await api.client(Role.AGENT)
    for customer, code in (
        (gone, "customer_merged"),
        (removed, "customer_not_found"),
        (blocked, "customer_not_found"),
    ):
        body = {"subject": "Férias", "body": "Quando?", "customer_id": customer}
        for reply in (
            await agent.post("/crm/tickets", json=body),
            await agent.patch(ticket, json={"customer_id": customer}),
        ):
            assert reply.json()["error"]["code"] == code, reply.text
    assert (await agent.get(ticket)).json()["customer"] is None
    # Who is named again where they stood already is no news.
    same = await admin.patch(of_removed, json={"customer_id": removed, "tags": ["a"]})
    assert same.status_code == 200, same.text


async def test_merges_undoings_edits_and_removals_at_once_leave_no_ticket_of_nobody(
    api: Api, admin: httpx2.AsyncClient
) -> None:
    agents = [await api.client(Role.AGENT, f"atendente {n}") for n in range(4)]
    replies: list[httpx2.Response] = []
    for number in range(4):
        kept, other = [await person(admin, f"{name} Sá {number}") for name in ("Ana", "Bia")]
        free = await opened(admin)
        tickets = [await opened(admin, other) for _ in range(2)]
        body = {"subject": "Férias", "body": "Quando?", "customer_id": other}
        at_once = [
            admin.post(f"/crm/customers/{kept}/merge", json={"loser_id": other}),
            admin.post(f"/crm/customers/{other}/merge", json={"loser_id": kept}),
            *(agent.post("/crm/tickets", json=body) for agent in agents),
            agents[0].patch(free, json={"customer_id": other}),
            agents[1].patch(tickets[0], json={"customer_id": kept}),
            admin.patch(f"/crm/customers/{other}", json={"notes": "Liga à tarde."}),
            agents[2].post(f"{tickets[1]}/comments", json={"body": "Já vejo."}),
        ]
        replies += await asyncio.gather(*at_once)
        merged = [one for one in replies if "/merge" in str(one.url) and one.status_code == 201]
        undo = f"/crm/customers/merges/{merged[-1].json()['id']}/undo"
        replies += await asyncio.gather(
            *(admin.post(undo) for _ in range(2)),
            *(agent.post("/crm/tickets", json=body) for agent in agents[:2]),
            agents[3].patch(tickets[1], json={"customer_id": None}),
            admin.delete(f"/crm/customers/{kept}"),
        )
    assert [one.text for one in replies if one.status_code >= 500] == []
    astray = (
        sa.select(Ticket.protocol, Customer.name, Customer.merged_into_id)
        .join(Customer, Customer.id == Ticket.customer_id)
        .where(Customer.merged_into_id.is_not(None))
    )
    async with api.database.begin() as session:
        assert (await session.execute(astray)).all() == []


async def test_merges_and_undoings_of_tickets_at_once_leave_each_word_with_one_ticket(
    api: Api, admin: httpx2.AsyncClient
) -> None:
    agents = [await api.client(Role.AGENT, f"atendente {n}") for n in range(3)]
    replies: list[httpx2.Response] = []
    for _ in range(4):
        first, second, third = [await opened(admin) for _ in range(3)]
        ids = [path.rpartition("/")[2] for path in (first, second, third)]
        replies += await asyncio.gather(
            agents[0].post(f"{first}/merge", json={"other_id": ids[1]}),
            agents[1].post(f"{second}/merge", json={"other_id": ids[0]}),
            agents[2].post(f"{third}/merge", json={"other_id": ids[0]}),
            *(agent.post(f"{second}/comments", json={"body": "Olá."}) for agent in agents),
            agents[0].patch(first, json={"tags": ["férias"]}),
            agents[1].post(f"{first}/claim"),
        )
        async with api.database.begin() as session:
            merges = (await session.execute(sa.select(TicketMerge.id, TicketMerge.kept_id))).all()
        replies += await asyncio.gather(
            *(
                agent.post(f"/crm/tickets/{merge.kept_id}/merges/{merge.id}/undo")
                for agent in agents[:2]
                for merge in merges[-2:]
            ),
            agents[2].post(f"{first}/comments", json={"body": "Ainda."}),
        )
    assert [one.text for one in replies if one.status_code >= 500] == []
    written = 12 + sum(one.status_code == 201 and "/comments" in str(one.url) for one in replies)
    async with api.database.begin() as session:
        entries = await session.scalar(sa.select(sa.func.count()).select_from(TicketEntry))
        merged = set(
            await session.scalars(sa.select(Ticket.id).where(Ticket.merged_into_id.is_not(None)))
        )
        standing = sa.select(TicketMerge.merged_id).where(TicketMerge.undone_at.is_(None))
        assert set(await session.scalars(standing)) == merged
        left = sa.select(TicketEntry.ticket_id).where(TicketEntry.ticket_id.in_(merged))
        assert list(await session.scalars(left)) == []
    assert entries == written
