"""Who holds a ticket is told of its deadlines, and leaders of those that were missed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from api import Api
from browser_session import HTML, words
from letters import letters
from signed_in import Person, sign_in
from sla_desk import ALWAYS, long_ago, opened, promise, put, tick, told_of

from cogep_assist.core.config import load_settings
from cogep_assist.core.models import Role, TeamMember, TicketEvent, User
from cogep_assist.crm_service.sla.sla_letters import send_sla_letters


async def test_people_are_told_of_deadlines_once_and_leaders_of_missed_ones(api: Api) -> None:
    admin = await sign_in(api, "Íris Conceição", Role.ADMIN)
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT, team="Pessoal")
    zelia = await sign_in(api, "Zélia Assunção", Role.AGENT, team="Pessoal")
    davi = await sign_in(api, "Davi Luís", Role.AGENT, team="Compras")
    await put(admin.client, "/crm/queues/Pessoal", team="Pessoal", is_default=True)
    await promise(admin.client, ALWAYS)
    wish = await bruno.client.post("/conta/avisos", data={"prazos": "true"}, headers=HTML)
    assert wish.status_code == 303
    ticket = await opened(admin.client, queue="Pessoal")
    protocol = ticket["protocol"]
    shut = await opened(admin.client, subject="Espera por alguém", queue="Pessoal")
    waiting = {"status": "waiting", "waiting_on": "customer", "reason": "faltam dados"}
    moved = await admin.client.post(f"{shut['links']['self']}/transition", json=waiting)
    assert moved.status_code == 200, moved.text
    await long_ago(api, ticket, timedelta(minutes=50, seconds=-5))
    await long_ago(api, shut, timedelta(minutes=70))
    # It was missed before it came to wait, and that is found while it waits.
    async with api.database.begin() as session:
        moves = sa.update(TicketEvent).where(TicketEvent.ticket_id == UUID(shut["id"]))
        await session.execute(moves.values(created_at=sa.func.clock_timestamp()))
    for _ in range(2):
        await tick(api)
    assert ("sla_missed", "first_reply") in await told_of(admin.client, shut)
    # Nobody holds it: its team hears, nobody else does.
    for member in (bruno, zelia):
        told = await deadlines(member)
        assert protocol in told
        assert "A primeira resposta precisa sair em 10 min de expediente, até " in told
        assert "Ninguém assumiu ainda." in told
        assert shut["protocol"] not in told
    assert [protocol in await deadlines(one) for one in (davi, admin)] == [False, False]

    later = await opened(admin.client, subject="Aberto depois", queue="Pessoal")
    listed = words((await bruno.client.get("/chamados?ordem=deadline", headers=HTML)).text)
    assert "do prazo mais próximo ao mais distante" in listed
    assert listed.rindex(protocol) < listed.rindex(later["protocol"])
    listed = words((await bruno.client.get("/chamados", headers=HTML)).text)
    assert listed.rindex(protocol) > listed.rindex(later["protocol"])
    assert await letters_of(api, ticket) == [("Prazo perto do fim: chamado " + protocol, bruno.id)]
    await bruno.client.post(f"{ticket['links']['self']}/claim", json={})
    await long_ago(api, ticket, timedelta(minutes=25))
    async with api.database.begin() as session:
        await session.execute(
            sa.update(TeamMember).where(TeamMember.user_id == zelia.id).values(leader=True)
        )
    for _ in range(2):
        await tick(api)
    told = await deadlines(bruno)
    assert "O prazo da primeira resposta acabou há 1" in told
    assert "Está com você." in told
    assert "Está com Bruno Araújo." in await deadlines(zelia)
    assert [protocol in await deadlines(one) for one in (davi, admin)] == [False, False]
    letter = "Prazo perdido: chamado " + protocol
    assert await letters_of(api, ticket) == [(letter, bruno.id)]
    assert await letters_of(api, ticket) == []

    close = f"/chamados/{ticket['id']}/aviso-de-prazo/fechar"
    for person, status in ((davi, 404), (zelia, 303)):
        assert (await person.client.post(close, headers=HTML)).status_code == status
    assert [protocol in await deadlines(one) for one in (bruno, zelia)] == [True, False]
    await bruno.client.post(f"{ticket['links']['self']}/comments", json={"body": "Estamos vendo."})
    assert protocol not in await deadlines(bruno)


async def test_the_team_hears_of_deadlines_while_who_holds_the_ticket_is_away(api: Api) -> None:
    admin = await sign_in(api, "Íris Conceição", Role.ADMIN)
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT, team="Pessoal")
    zelia = await sign_in(api, "Zélia Assunção", Role.AGENT, team="Pessoal")
    await put(admin.client, "/crm/queues/Pessoal", team="Pessoal", is_default=True)
    await promise(admin.client, ALWAYS)
    taken, left = [await opened(admin.client, queue="Pessoal") for _ in range(2)]
    for one in (taken, left):
        await bruno.client.post(f"{one['links']['self']}/claim", json={})
    await long_ago(api, taken, timedelta(minutes=50))
    await tick(api)
    days = {"first": "2020-01-01", "last": "2999-12-31"}
    assert (await bruno.client.put("/access/me/absence", json=days)).status_code == 204
    await long_ago(api, left, timedelta(minutes=50))
    await tick(api)
    told = await deadlines(zelia)
    assert (taken["protocol"] in told, left["protocol"] in told) == (False, True)
    assert left["protocol"] in await deadlines(bruno)


async def deadlines(person: Person) -> str:
    """What stands above somebody's list of tickets."""
    page = (await person.client.get("/chamados", headers=HTML)).text
    return words(page[page.index('id="prazos-seus"') : page.index('aria-label="Visões"')])


async def letters_of(api: Api, ticket: dict[str, Any]) -> list[tuple[str, UUID]]:
    """Let the letters of a ticket's deadlines be written; return the new ones and to whom."""
    known = len(await letters(api))
    async with api.database.begin() as session:
        await send_sla_letters(session, ticket["id"], load_settings())
        people = {row.email: row.id for row in await session.scalars(sa.select(User))}
    return [(one["subject"], people[one["to"]]) for one in (await letters(api))[known:]]
