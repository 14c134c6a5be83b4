"""Targets through the real desk: calendars, policies, pauses, warnings and misses."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx2
import pytest
import sqlalchemy as sa
from api import Api
from sla_desk import ALWAYS, long_ago, opened, promise, put, tick, told_of

from cogep_assist.core.models import (
    BusinessCalendar,
    Role,
    Ticket,
    TicketEvent,
    TicketSla,
)
from cogep_assist.crm_service.desk.desk_clock import desk_clock_is_due
from cogep_assist.crm_service.sla.business_calendars import hours_with, own_days
from cogep_assist.crm_service.sla.business_time import counted_time, moment_after
from cogep_assist.crm_service.sla.sla_countdown import countdowns
from cogep_assist.crm_service.sla.sla_policies import mark_for_recount

OFFICE = [["08:00", "12:00"], ["13:30", "18:00"]]
ZONE = ZoneInfo("America/Sao_Paulo")


@pytest.fixture
async def admin(api: Api) -> httpx2.AsyncClient:
    return await api.client(Role.ADMIN)


async def reading(client: httpx2.AsyncClient, ticket: dict[str, Any]) -> dict[str, Any]:
    reply = await client.get(f"{ticket['links']['self']}/sla")
    assert reply.status_code == 200, reply.text
    told: dict[str, Any] = reply.json()
    return told


async def standing(api: Api, ticket: dict[str, Any]) -> tuple[str, str | None]:
    """What a list says first of a ticket."""
    async with api.database.begin() as session:
        found = (await countdowns(session, [UUID(ticket["id"])]))[UUID(ticket["id"])]
    return found.state, found.target


async def at_risk(client: httpx2.AsyncClient, deadline: str) -> list[str]:
    listed = await client.get("/crm/tickets", params={"deadline": deadline})
    return [one["id"] for one in listed.json()["items"]]


async def test_a_target_is_warned_about_missed_and_told_once(
    api: Api, admin: httpx2.AsyncClient
) -> None:
    await promise(admin, ALWAYS)
    ticket = await opened(admin)
    first = (await reading(admin, ticket))["first_reply"]
    assert (first["state"], first["target_minutes"]) == ("running", 60)
    due = datetime.fromisoformat(first["due_at"])
    assert due == datetime.fromisoformat(ticket["created_at"]) + timedelta(hours=1)

    await long_ago(api, ticket, timedelta(minutes=50))
    await tick(api)
    assert await told_of(admin, ticket) == [("sla_warned", "first_reply")]
    assert await standing(api, ticket) == ("near", "first_reply")
    assert (await at_risk(admin, "at_risk"), await at_risk(admin, "missed")) == ([ticket["id"]], [])
    await long_ago(api, ticket, timedelta(minutes=15))
    for _ in range(2):
        await tick(api)
    assert await told_of(admin, ticket) == [
        ("sla_warned", "first_reply"),
        ("sla_missed", "first_reply"),
    ]
    first = (await reading(admin, ticket))["first_reply"]
    assert first["state"] == "missed"
    assert first["missed_at"] is not None
    # Somebody still waits for a reply: the hours that the resolution has left do not hide that.
    assert await standing(api, ticket) == ("late", "first_reply")
    assert await at_risk(admin, "missed") == [ticket["id"]]
    ana = await api.client(Role.REQUESTER)
    for asked in ("deadline=missed", "order=deadline"):
        assert (await ana.get(f"/crm/tickets?{asked}")).status_code == 403
    assert (await admin.get("/crm/tickets?deadline=ontem")).status_code == 422
    await nearest_first(admin, ticket)
    await admin.post(f"{ticket['links']['self']}/comments", json={"body": "Estamos vendo."})
    assert await standing(api, ticket) == ("running", "resolution")
    assert await at_risk(admin, "at_risk") == []
    async with api.database.begin() as session:
        assert not await desk_clock_is_due(session)


async def nearest_first(admin: httpx2.AsyncClient, late: dict[str, Any]) -> None:
    """The order by deadline, page by page: missed, near, far, and none, the newest first."""
    none = [await opened(admin, priority="low") for _ in range(2)]
    far, near = await opened(admin), await opened(admin, priority="urgent")
    wanted = [one["protocol"] for one in (late, near, far, *reversed(none))]
    for limit in (1, 2, 3, 4, 5, 50):
        found, cursor = [], ""
        for _ in range(len(wanted) // limit + 1):
            asked = {"order": "deadline", "limit": str(limit), "cursor": cursor}
            page = (await admin.get("/crm/tickets", params=asked)).json()
            found += [one["protocol"] for one in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert (found, cursor) == (wanted, None), limit
    newest = (await admin.get("/crm/tickets", params={"limit": "1"})).json()["next_cursor"]
    for bad in (newest, "x", f"{'9' * 17}.{late['id']}x", f"99999999999999999999.{late['id']}"):
        asked = {"order": "deadline", "cursor": bad}
        assert (await admin.get("/crm/tickets", params=asked)).status_code == 400, bad
    past = {"order": "deadline", "cursor": f"{'9' * 17}.{late['id']}"}
    assert (await admin.get("/crm/tickets", params=past)).status_code in {200, 400}


async def test_a_reply_meets_the_first_target_and_waiting_stops_the_second(
    api: Api, admin: httpx2.AsyncClient
) -> None:
    await promise(admin, ALWAYS)
    ticket = await opened(admin)
    path = ticket["links"]["self"]
    await admin.post(f"{path}/comments", json={"body": "Estamos vendo."})
    told = await reading(admin, ticket)
    assert told["first_reply"]["state"] == "met"
    waits = {"status": "waiting", "waiting_on": "third_party"}
    await admin.post(f"{path}/transition", json=waits)
    told = await reading(admin, ticket)
    assert told["resolution"]["state"] == "paused"
    assert told["resolution"]["due_at"] is None
    await admin.post(f"{path}/transition", json={"status": "open"})
    assert (await reading(admin, ticket))["resolution"]["state"] == "running"
    await admin.post(f"{path}/transition", json={"status": "resolved"})
    assert (await reading(admin, ticket))["resolution"]["state"] == "met"


async def test_a_change_of_priority_counts_from_the_beginning(
    api: Api, admin: httpx2.AsyncClient
) -> None:
    await promise(admin, ALWAYS)
    ticket = await opened(admin)
    await long_ago(api, ticket, timedelta(minutes=30))
    raised = {"impact": "high", "urgency": "high"}
    await admin.patch(ticket["links"]["self"], json=raised)
    told = await reading(admin, ticket)
    assert told["first_reply"]["target_minutes"] == 10
    assert told["first_reply"]["state"] == "missed"
    assert told["resolution"]["state"] == "running"


async def test_the_policy_that_fits_best_comes_first_and_its_change_reaches_open_tickets(
    api: Api, admin: httpx2.AsyncClient
) -> None:
    ticket = await opened(admin)
    assert (await reading(admin, ticket))["policy"] is None
    await promise(admin, ALWAYS)
    async with api.database.begin() as session:
        await mark_for_recount(session, "")
    await tick(api)
    async with api.database.begin() as session:
        kept = await session.get_one(TicketSla, UUID(ticket["id"]))
        assert kept.first_reply_due_at is not None
    await put(admin, "/crm/queues/Rede")
    targets = {"normal": {"resolution_minutes": 30}}
    special = {"calendar": "Comercial", "queue": "Rede", "position": 1, "targets": targets}
    await put(admin, "/crm/sla-policies/Rede", **special)
    assert (await reading(admin, ticket))["policy"] == "Geral"
    await admin.patch(ticket["links"]["self"], json={"queue": "Rede"})
    told = await reading(admin, ticket)
    assert told["policy"] == "Rede"
    assert told["first_reply"] is None
    assert (await admin.delete("/crm/sla-policies/Rede")).status_code == 204
    assert (await reading(admin, ticket))["policy"] == "Geral"


async def over_a_weekend_and_a_holiday(api: Api, admin: httpx2.AsyncClient) -> None:
    """A ticket of the Friday before 7 September 2026, a Monday, as the API's own clock tells it."""
    targets = {"normal": {"first_reply_minutes": 120}}
    await put(admin, "/crm/sla-policies/Geral", calendar="Recife", targets=targets)
    ticket = await opened(admin)
    friday = datetime(2026, 9, 4, 17, tzinfo=ZONE)
    async with api.database.begin() as session:
        for model, key in ((Ticket, Ticket.id), (TicketEvent, TicketEvent.ticket_id)):
            moved = sa.update(model).where(key == UUID(ticket["id"]))
            await session.execute(moved.values(created_at=friday))
        await session.execute(sa.update(TicketSla).values(next_check_at=sa.func.clock_timestamp()))
    await tick(api)
    told = await reading(admin, ticket)
    first = told["first_reply"]
    # An hour on Friday, none on Saturday, Sunday and Independence Day, and one on Tuesday.
    missed = datetime.fromisoformat(first["missed_at"]).astimezone(ZONE)
    assert missed == datetime(2026, 9, 8, 9, tzinfo=ZONE)
    days = [datetime.fromisoformat(one["since"]).astimezone(ZONE).day for one in first["counted"]]
    assert days[:2] == [4, 8]
    assert first["counted"][0]["minutes"] == 60
    assert "2026-09-07" in told["days_off"]
    assert ("sla_missed", "first_reply") in await told_of(admin, ticket)


async def test_calendars_keep_the_laws_holidays_and_their_own_days(
    api: Api, admin: httpx2.AsyncClient
) -> None:
    week = [OFFICE] * 5 + [[], []]
    await put(admin, "/crm/calendars/Recife", week=week, state="PE")
    own = {"name": "Nossa Senhora do Carmo", "shifts": []}
    await put(admin, "/crm/calendars/Recife/days/2026-07-16", **own)
    half = {"name": "Véspera", "shifts": [["08:00", "12:00"]]}
    shown = await put(admin, "/crm/calendars/Recife/days/2026-12-24", **half)
    assert list(shown["days"]) == ["2026-07-16", "2026-12-24"]
    async with api.database.begin() as session:
        statement = sa.select(BusinessCalendar, own_days()).filter_by(name="Recife")
        hours = hours_with(*(await session.execute(statement)).one())

    def worked(day: str) -> float:
        start = datetime.fromisoformat(day).replace(tzinfo=ZONE)
        return counted_time(hours, start, start + timedelta(days=1)).total_seconds() / 3600

    assert worked("2026-11-23") == 8.5
    # National, of the state, ponto facultativo, the town's own, and a half day.
    for day in ("2026-09-07", "2026-03-06", "2026-02-17", "2026-06-04", "2026-07-16"):
        assert worked(day) == 0, day
    assert worked("2026-12-24") == 4
    await over_a_weekend_and_a_holiday(api, admin)
    friday = datetime(2026, 2, 13, 17, tzinfo=ZONE)
    after = moment_after(hours, friday, timedelta(hours=2))
    # Carnaval: the rest falls on Ash Wednesday's afternoon or later, never before.
    assert after is not None
    assert after.astimezone(ZONE).date().isoformat() >= "2026-02-18"


BAD_CALENDARS = [
    {"week": [OFFICE] * 6},
    {"week": [[["12:00", "08:00"]]] * 7},
    {"week": [[["08:00", "24:30"]]] * 7},
    {"week": ALWAYS, "time_zone": "../etc/passwd"},
    {"week": ALWAYS, "state": "XX"},
    {"week": ALWAYS, "holidays": []},
]


async def test_calendars_that_make_no_sense_are_refused(admin: httpx2.AsyncClient) -> None:
    for body in BAD_CALENDARS:
        reply = await admin.put("/crm/calendars/Ruim", json=body)
        assert reply.status_code == 422, body
        assert (await admin.get("/crm/calendars")).json() == [], body


async def test_who_may_see_and_set_targets(api: Api, admin: httpx2.AsyncClient) -> None:
    await promise(admin, ALWAYS)
    ticket = await opened(admin)
    requester = await api.client(Role.REQUESTER)
    agent = await api.client(Role.AGENT)
    doors = ("/crm/calendars", "/crm/sla-policies", f"{ticket['links']['self']}/sla")
    for path in doors:
        assert (await requester.get(path)).status_code == 403
        assert (await agent.get(path)).status_code == 200
        assert (await api.anonymous().get(path)).status_code == 401
    assert (await agent.put("/crm/calendars/X", json={"week": ALWAYS})).status_code == 403
    assert (await admin.delete("/crm/sla-policies/nada")).status_code == 404
    nothing = {"calendar": "Comercial", "targets": {"low": {}}}
    refused = await admin.put("/crm/sla-policies/Vazia", json=nothing)
    assert refused.json()["error"]["code"] == "sla_without_target"


async def test_a_ticket_that_waits_until_a_day_comes_back_by_itself(
    api: Api, admin: httpx2.AsyncClient
) -> None:
    ticket = await opened(admin)
    path = ticket["links"]["self"]
    past = {"status": "waiting", "waiting_on": "customer", "until": "2020-01-01T00:00:00Z"}
    assert (await admin.post(f"{path}/transition", json=past)).status_code == 422
    until = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    waits = {**past, "until": until}
    assert (await admin.post(f"{path}/transition", json=waits)).status_code == 200
    async with api.database.begin() as session:
        await session.execute(sa.update(Ticket).values(wake_at=sa.func.clock_timestamp()))
    await tick(api)
    shown = (await admin.get(path)).json()
    assert (shown["status"], shown["wake_at"]) == ("open", None)
    assert (await admin.post(f"{path}/snooze", json={"until": until})).json()["snoozed"] is True
    assert (await admin.get("/crm/tickets", params={"snoozed": "false"})).json()["items"] == []
    async with api.database.begin() as session:
        await session.execute(sa.update(Ticket).values(wake_at=sa.func.clock_timestamp()))
    await tick(api)
    assert (await admin.get(path)).json()["snoozed"] is False
