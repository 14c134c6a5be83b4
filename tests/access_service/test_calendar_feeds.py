"""Calendar feeds: read by their address alone, valid for programs, and without anybody's name."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from api import Api
from icalendar import Calendar
from signed_in import Person, sign_in
from uuid_utils.compat import uuid7

from cogep_assist.core.icalendar import Deadline, calendar
from cogep_assist.core.models import (
    AuditEvent,
    CalendarFeed,
    LegalClock,
    Role,
    Team,
    Ticket,
    TicketQueue,
    TicketSla,
    TicketStatus,
    User,
)

NAME, SUBJECT = "João da Conceição", "Guia não emitida para Ágata"
DUE = datetime(2026, 12, 1, 18, 30, tzinfo=UTC)


async def feed(who: Person, kind: str, **more: Any) -> str:
    made = await who.client.post("/access/calendar-feeds", json={"kind": kind, **more})
    assert made.status_code == 201, made.text
    address: str = made.json()["url"]
    return address.removeprefix("http://127.0.0.1:8000")


def when(event: Any, name: str) -> Any:
    """Return a date or a moment of an event."""
    return event[name].dt


async def read(api: Api, address: str) -> dict[str, Any]:
    """Read a feed as a program does: without any login. Return its events by what they say."""
    reply = await api.anonymous().get(address)
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"].startswith("text/calendar")
    assert "João" not in reply.text
    assert "Guia" not in reply.text
    found = Calendar.from_ical(reply.content)
    assert found.errors == []
    return {str(event["SUMMARY"]): event for event in found.walk("VEVENT")}


async def ticket(api: Api, who: Person, team: UUID, **changes: Any) -> str:
    """A ticket of a team's queue that is due; return its number."""
    async with api.database.begin() as session:
        queue = await session.scalar(sa.select(TicketQueue.id).where(TicketQueue.team_id == team))
        if queue is None:
            queue = uuid7()
            name = f"Fila {queue}"
            session.add(TicketQueue(id=queue, name=name, team_id=team))
    made = (await who.client.post("/crm/tickets", json={"subject": SUBJECT, "body": NAME})).json()
    async with api.database.begin() as session:
        mine = UUID(made["id"])
        await session.execute(
            sa.update(Ticket).where(Ticket.id == mine).values(queue_id=queue, **changes)
        )
        await session.execute(sa.delete(TicketSla).where(TicketSla.ticket_id == mine))
        session.add(
            TicketSla(
                ticket_id=mine,
                first_reply_due_at=DUE - timedelta(hours=4),
                first_reply_met=True,
                resolution_due_at=DUE,
                due_at=DUE,
            )
        )
    return str(made["protocol"])


async def test_feeds_hold_what_their_person_may_see_and_no_name(api: Api) -> None:
    ana = await sign_in(api, "Ana Conceição", Role.AGENT, team="Sobreaviso")
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT, team="Sobreaviso")
    carla = await sign_in(api, "Carla Guimarães", Role.AGENT, team="Outra")
    async with api.database.begin() as session:
        teams = {team.name: team.id for team in await session.scalars(sa.select(Team))}
    ours, theirs = teams["Sobreaviso"], teams["Outra"]
    mine = await ticket(api, ana, ours, assignee_id=ana.id)
    free = await ticket(api, ana, ours)
    await ticket(api, bruno, ours, assignee_id=ana.id, status=TicketStatus.RESOLVED)
    others = await ticket(api, carla, theirs)
    own = await feed(ana, "my_tickets")
    team = await feed(bruno, "team_tickets", team_id=str(ours))
    assert set(await read(api, own)) == {f"Solução: chamado {mine}"}
    event = (await read(api, own))[f"Solução: chamado {mine}"]
    assert when(event, "DTEND") == DUE
    assert when(event, "DTEND").utcoffset() == timedelta(0)
    assert "/chamados/" in str(event["URL"])
    assert set(await read(api, team)) == {f"Solução: chamado {p}" for p in (mine, free)}
    assert others not in str(await read(api, team))
    # The same deadline keeps its name as it moves, and what has not changed is not sent again.
    before = str(event["UID"])
    tag = (await api.anonymous().get(own)).headers["etag"]
    assert (await api.anonymous().get(own, headers={"If-None-Match": tag})).status_code == 304
    async with api.database.begin() as session:
        await session.execute(sa.update(TicketSla).values(resolution_due_at=DUE + timedelta(1)))
    moved = (await read(api, own))[f"Solução: chamado {mine}"]
    assert (str(moved["UID"]), when(moved, "DTEND")) == (before, DUE + timedelta(1))
    # Whoever leaves the team reads nothing more; a closed account has no address.
    async with api.database.begin() as session:
        await session.execute(sa.text("DELETE FROM access.team_member WHERE user_id = :who"),
                              {"who": bruno.id})  # fmt: skip
    assert await read(api, team) == {}
    async with api.database.begin() as session:
        closed = {"disabled_at": sa.func.now()}
        await session.execute(sa.update(User).where(User.id == ana.id).values(closed))
    assert (await api.anonymous().get(own)).status_code == 404


async def test_clocks_of_the_law_are_days_and_for_the_encarregado_alone(api: Api) -> None:
    davi = await sign_in(api, "Davi Magalhães", Role.DPO)
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT)
    asked = {"right": "access", "name": NAME, "email": "joao@exemplo.com.br"}
    made = (await davi.client.post("/lgpd/requests", json=asked)).json()
    refused = await bruno.client.post("/access/calendar-feeds", json={"kind": "legal_clocks"})
    assert refused.status_code == 403
    address = await feed(davi, "legal_clocks")
    events = await read(api, address)
    assert events
    assert all(summary.endswith(f"pedido {made['protocol']}") for summary in events)
    async with api.database.begin() as session:
        clocks = {f"{c.id}@cogep-assist": c.due_on for c in await session.scalars(
            sa.select(LegalClock).where(LegalClock.met_at.is_(None)))}  # fmt: skip
    told = {str(event["UID"]): event for event in events.values()}
    assert {uid: when(event, "DTSTART") for uid, event in told.items()} == clocks
    assert all(
        when(event, "DTEND") - when(event, "DTSTART") == timedelta(1) for event in told.values()
    )
    # Each service reads out its own kinds alone.
    assert (await api.anonymous().get(address.replace("/lgpd/", "/crm/"))).status_code == 404


async def test_an_address_is_shown_once_and_revoked_by_its_person_alone(api: Api) -> None:
    ana = await sign_in(api, "Ana Conceição", Role.AGENT)
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT, team="Sobreaviso")
    address = await feed(ana, "my_tickets")
    (listed,) = (await ana.client.get("/access/calendar-feeds")).json()["items"]
    assert listed["url"] is None
    assert listed["last_used_at"] is None
    await read(api, address)
    (listed,) = (await ana.client.get("/access/calendar-feeds")).json()["items"]
    assert listed["last_used_at"] is not None
    path = f"/access/calendar-feeds/{listed['id']}"
    assert (await bruno.client.get("/access/calendar-feeds")).json() == {"items": []}
    assert (await bruno.client.delete(path)).status_code == 404
    async with api.database.begin() as session:
        team = await session.scalar(sa.select(Team.id))
    body = {"kind": "team_tickets", "team_id": str(team)}
    assert (await ana.client.post("/access/calendar-feeds", json=body)).status_code == 404
    key = await api.client(Role.AGENT)
    assert (await key.get("/access/calendar-feeds")).status_code == 401
    assert (await ana.client.delete(path)).status_code == 204
    assert (await api.anonymous().get(address)).status_code == 404
    assert (await api.anonymous().get("/crm/calendar/nada.ics")).status_code == 404
    async with api.database.begin() as session:
        assert await session.scalar(sa.select(sa.func.count(CalendarFeed.id))) == 0
        acts = await session.scalars(sa.select(AuditEvent.act).where(
            AuditEvent.object_type == "calendar_feed"))  # fmt: skip
        assert set(acts) == {"calendar_feed_created", "calendar_feed_revoked"}
    for number in range(21):
        reply = await ana.client.post("/access/calendar-feeds", json={"kind": "my_tickets"})
        assert reply.status_code == (201 if number < 20 else 409)


async def test_the_page_shows_the_address_once(api: Api) -> None:
    ana = await sign_in(api, "Ana Conceição", Role.AGENT)
    token = ana.client.headers["X-CSRF-Token"]
    form = {"csrf_token": token, "tipo": "my_tickets"}
    shown = await ana.client.post("/conta/agendas", data=form)
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")
    assert "/crm/calendar/" in shown.text
    again = await ana.client.get("/conta/agendas")
    assert "/crm/calendar/" not in again.text
    wrong = await ana.client.post("/conta/agendas", data=form | {"tipo": "legal_clocks"})
    assert wrong.status_code == 403
    async with api.database.begin() as session:
        feed_id = await session.scalar(sa.select(CalendarFeed.id))
    gone = await ana.client.post(f"/conta/agendas/{feed_id}/revogar", data={"csrf_token": token})
    assert gone.status_code == 303
    asker = await sign_in(api, "Eunice Brandão", Role.REQUESTER)
    assert "são de quem atende" in (await asker.client.get("/conta/agendas")).text


def test_what_is_written_is_what_programs_read() -> None:
    hard = "Prazo; com, vírgula\\ e\nduas linhas, ção " + "é" * 80 + "😀" * 30
    written = calendar(
        "Prazos, da; equipe",
        [
            Deadline("a@x", hard, DUE, DUE, "https://x.test/a"),
            Deadline("b@x", "Dia\x07", date(2026, 12, 31), DUE),
        ],
    )
    assert written.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    assert b"\n" not in written.replace(b"\r\n", b"")
    found = Calendar.from_ical(written)
    # A name that nobody has registered is read as it stands.
    assert str(found["X-WR-CALNAME"]) == "Prazos\\, da\\; equipe"
    first, second = found.walk("VEVENT")
    assert str(first["SUMMARY"]) == hard
    assert when(first, "DTEND") == DUE
    assert str(second["SUMMARY"]) == "Dia"
    assert (when(second, "DTSTART"), when(second, "DTEND")) == (
        date(2026, 12, 31),
        date(2027, 1, 1),
    )
    for event in (first, second):
        assert {"UID", "DTSTAMP", "DTSTART"} <= set(event)
    assert calendar("x", []) == calendar("x", [])
