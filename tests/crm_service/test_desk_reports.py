"""Figures of the desk, against a handful of tickets counted by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from api import Api
from signed_in import sign_in

from cogep_assist.core.models import AuditEvent, Role, Ticket
from cogep_assist.crm_service.reports.desk_report_privacy import without_small_groups
from cogep_assist.crm_service.reports.desk_report_schemas import DeskReport, ReportLine

NOW = datetime.now(UTC)
SPAN = {
    "since": (NOW - timedelta(days=2)).isoformat(),
    "until": (NOW + timedelta(days=1)).isoformat(),
}


async def test_figures_group_by_group(api: Api) -> None:
    admin = await sign_in(api, "Íris", Role.ADMIN)
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT)
    ana = await sign_in(api, "Ana", Role.REQUESTER)
    await admin.client.put("/crm/queues/Rede", json={})
    always = [[["00:00", "24:00"]]] * 7
    await admin.client.put("/crm/calendars/Sempre", json={"week": always})
    targets = {"normal": {"first_reply_minutes": 60, "resolution_minutes": 600}}
    policy = {"calendar": "Sempre", "targets": targets}
    await admin.client.put("/crm/sla-policies/Geral", json=policy)

    async def opened(**fields: Any) -> dict[str, Any]:
        who = fields.pop("who", admin)
        body = {"subject": "Assunto", "body": "Texto", **fields}
        made: dict[str, Any] = (await who.client.post("/crm/tickets", json=body)).json()
        return made

    hers = await opened(who=ana)
    await opened(queue="Rede", tags=["rede"])
    await opened(queue="Rede", tags=["rede"], priority="urgent")
    path = hers["links"]["self"]
    await bruno.client.post(f"{path}/claim")
    await bruno.client.post(f"{path}/comments", json={"body": "Vendo."})
    await bruno.client.post(f"{path}/transition", json={"status": "resolved"})
    await ana.client.post(f"{path}/rating", json={"score": 4})
    # Answered after half an hour, solved after two.
    async with api.database.begin() as session:
        await session.execute(
            sa.update(Ticket)
            .where(Ticket.protocol == hers["protocol"])
            .values(
                created_at=NOW - timedelta(hours=3),
                first_replied_at=NOW - timedelta(hours=2.5),
                resolved_at=NOW - timedelta(hours=1),
            )
        )

    async def told(by: str) -> dict[str, dict[str, Any]]:
        reply = await bruno.client.get("/crm/reports/tickets", params={**SPAN, "by": by})
        assert reply.status_code == 200, reply.text
        return {line["key"]: line for line in reply.json()["lines"]}

    queues = await told("queue")
    first = queues["Atendimento"]
    assert (first["opened"], first["resolved"], first["unfinished"]) == (1, 1, 0)
    assert (first["first_reply_minutes_p50"], first["resolution_minutes_p50"]) == (30, 120)
    assert (first["first_reply_kept"], first["resolution_kept"]) == (1, 1)
    assert (first["ratings"], first["rating_mean"]) == (1, 4)
    assert (queues["Rede"]["opened"], queues["Rede"]["unfinished"]) == (2, 2)
    assert queues["Rede"]["first_reply_kept"] is None
    assert (await told("agent"))["Bruno Araújo"]["opened"] == 1
    assert (await told("tag"))["rede"]["opened"] == 2
    assert (await told("priority"))["urgente"]["opened"] == 1
    for by in ("day", "week", "month"):
        assert sum(line["opened"] for line in (await told(by)).values()) == 3
    # The backlog is all that waits, however long before the period it was opened.
    after = {
        "since": (NOW + timedelta(hours=2)).isoformat(),
        "until": (NOW + timedelta(days=2)).isoformat(),
    }
    for by, group in (("queue", "Rede"), ("tag", "rede"), ("agent", "sem responsável")):
        reply = await bruno.client.get("/crm/reports/tickets", params={**after, "by": by})
        (line,) = reply.json()["lines"]
        assert (line["key"], line["opened"], line["people"], line["unfinished"]) == (group, 0, 0, 2)
        assert line["first_reply_minutes_p50"] is None
    reply = await bruno.client.get("/crm/reports/tickets", params={**after, "by": "day"})
    assert reply.json()["lines"] == []


async def test_csv_runs_nothing_and_shows_no_group_of_few_people(api: Api) -> None:
    admin = await sign_in(api, "=HYPERLINK(1)", Role.ADMIN)
    askers = [await sign_in(api, f"Pessoa {n}", Role.REQUESTER) for n in range(5)]
    for asker in [*askers, askers[0]]:
        made = (await asker.client.post("/crm/tickets", json={"subject": "a", "body": "b"})).json()
        if asker is not askers[4]:
            await admin.client.post(f"{made['links']['self']}/claim")
    path, params = "/crm/reports/tickets.csv", {**SPAN, "by": "agent"}
    few = (await admin.client.get(path, params=params)).text.splitlines()
    assert few[0].startswith("\ufeffGrupo;Pessoas;Abertos;")
    assert few[1].startswith("k = 5. 2 grupos com menos de 5 pessoas foram suprimidos")
    assert "Colunas: Grupo, Pessoas" in few[1]
    whole = (await admin.client.get(path, params={**SPAN, "by": "queue"})).text.splitlines()
    assert whole[1].startswith("Atendimento;5;6;")
    assert whole[2].startswith("k = 5. 0 grupos")
    # One hidden group would be what a total lacks; one rating would be its own mean.
    line = ReportLine.model_validate(
        dict.fromkeys(ReportLine.model_fields, 0) | {"key": "a", "people": 9, "rating_mean": 5.0}
    )
    more = {"key": "b", "people": 12, "ratings": 5}
    two = [line, line.model_copy(update=more), line.model_copy(update={"key": "c", "people": 2})]
    told = DeskReport(since=NOW, until=NOW, by="agent", lines=two)
    safe = without_small_groups(told, 5)
    assert [(one.key, one.rating_mean) for one in safe.report.lines] == [("b", 5.0)]
    alone = without_small_groups(told.model_copy(update={"lines": two[:1]}), 5)
    assert [one.rating_mean for one in alone.report.lines] == [None]
    api.app.state.edge.settings.statistics_min_group = 1
    lines = (await admin.client.get(path, params=params)).text.splitlines()
    assert lines[2].startswith("'=HYPERLINK(1);4;5;")
    async with api.database.begin() as session:
        acts = (
            await session.scalars(
                sa.select(AuditEvent.details)
                .where(AuditEvent.act == "statistics_exported")
                .order_by(AuditEvent.id)
            )
        ).all()
    assert [(act["k"], act["groups"], act["suppressed"]) for act in acts] == [
        (5, 0, 2),
        (5, 1, 0),
        (1, 2, 0),
    ]


async def test_reports_are_for_the_desk_and_of_sane_length(api: Api) -> None:
    ana = await sign_in(api, "Ana", Role.REQUESTER)
    davi = await sign_in(api, "Davi", Role.AGENT, team="Compras")
    admin = await sign_in(api, "Íris", Role.ADMIN)
    await sign_in(api, "Bia", Role.AGENT, team="Pessoal")
    await admin.client.put("/crm/queues/Pessoal", json={"team": "Pessoal", "is_default": True})
    await admin.client.post("/crm/tickets", json={"subject": "a", "body": "b"})
    assert (await ana.client.get("/crm/reports/tickets", params=SPAN)).status_code == 403
    assert (await davi.client.get("/crm/reports/tickets", params=SPAN)).json()["lines"] == []
    turned = {"since": SPAN["until"], "until": SPAN["since"]}
    assert (await admin.client.get("/crm/reports/tickets", params=turned)).status_code == 422
