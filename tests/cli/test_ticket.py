"""Tickets and their clocks from a terminal."""

from datetime import UTC, datetime, timedelta

import pytest
from cogep_command import Cogep


@pytest.fixture
def protocol(cogep: Cogep) -> str:
    made = cogep("ticket", "open", "Impressora parada", "--body", "Sala 12.", "--tag", "rede")
    assert made.status == 0, made.err
    assert "Código para acompanhar" in made.out
    return made.out.split()[1]


def test_a_ticket_is_opened_worked_and_shown(cogep: Cogep, protocol: str) -> None:
    assert cogep("ticket", "reply", protocol, "Toner a caminho.").status == 0
    assert cogep("ticket", "reply", protocol, "Estoque baixo.", "--note").status == 0
    shown = cogep("ticket", "show", protocol.replace(".", "").replace("-", ""))
    for words in ("Impressora parada", "em atendimento", "Toner a caminho.", "nota interna"):
        assert words in shown.out
    refused = cogep("ticket", "move", protocol, "closed")
    assert refused.status == 1
    assert "motivo" in refused.err
    assert cogep("ticket", "move", protocol, "resolved").status == 0
    listed = cogep("ticket", "list", "--status", "resolved", "--json").json
    assert [ticket["protocol"] for ticket in listed["items"]] == [protocol]
    assert cogep("ticket", "list", "--tag", "não há").out.startswith("Nenhum chamado")


def test_tickets_are_listed_by_deadline_and_by_who_attends(cogep: Cogep, protocol: str) -> None:
    later = cogep("ticket", "open", "Sem rede", "--body", "Parou.", "--priority", "high", "--json")
    listed = cogep("ticket", "list", "--order", "deadline", "--limit", "1", "--json").json
    assert (len(listed["items"]), listed["more"]) == (1, True)
    assert "Há mais" in cogep("ticket", "list", "--limit", "1").out
    high = cogep("ticket", "list", "--priority", "high", "--json").json["items"]
    assert [one["protocol"] for one in high] == [later.json["protocol"]]
    assert cogep("ticket", "list", "--deadline", "missed", "--json").json["items"] == []
    nobodys = cogep("ticket", "list", "--assignee", "none", "--json").json["items"]
    assert {one["protocol"] for one in nobodys} == {protocol, later.json["protocol"]}
    unknown = cogep("ticket", "list", "--assignee", "ninguem@exemplo.gov.br")
    assert (unknown.status, "[user_not_found]" in unknown.err) == (1, True)


def test_a_merge_is_done_and_undone(cogep: Cogep, protocol: str) -> None:
    other = cogep("ticket", "open", "De novo", "--body", "Parou.", "--json").json
    merged = cogep("ticket", "merge", protocol, other["protocol"], "--json").json
    assert protocol in cogep("ticket", "list").out
    assert other["protocol"] not in cogep("ticket", "list").out
    undone = cogep("ticket", "unmerge", merged["id"], "--json").json
    assert undone == {"undone": merged["id"]}
    assert other["protocol"] in cogep("ticket", "list").out


def test_a_mistyped_protocol_is_told_apart_from_an_unknown_one(cogep: Cogep, protocol: str) -> None:
    wrong = protocol[:-1] + str((int(protocol[-1]) + 1) % 10)
    assert "não é um protocolo" in cogep("ticket", "show", wrong).err
    gone = cogep("sla", "explain", "019a0000-0000-7000-8000-000000000000")
    assert "não existe" in gone.err


def test_a_clock_is_explained(cogep: Cogep, protocol: str) -> None:
    assert "Nada foi prometido" in cogep("sla", "explain", protocol).out
    assert "Nenhuma meta" in cogep("sla", "policies").out
    assert "Nenhum calendário" in cogep("sla", "calendars").out


def test_what_else_an_agent_does_is_done_from_a_terminal(cogep: Cogep, protocol: str) -> None:
    made = cogep("user", "add", "bia@exemplo.gov.br", "--role", "agent", "--json")
    assert made.status == 0, made.err
    said = ("ticket", "reply", protocol, "Veja isto.", "--note", "--mention", "bia@exemplo.gov.br")
    assert cogep(*said).status == 0
    assert "não existe" in cogep(*said[:-1], "ninguem@exemplo.gov.br").err
    assigned = cogep("ticket", "assign", protocol, "bia@exemplo.gov.br", "--json").json
    assert assigned["assignee"]["name"]
    assert cogep("ticket", "assign", protocol, "--json").json["assignee"] is None
    later = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT09:00:00")
    snoozed = cogep("ticket", "snooze", protocol, "--until", later, "--json").json
    assert snoozed["snoozed"] is True
    assert cogep("ticket", "snooze", protocol, "--json").json["snoozed"] is False
    cogep("ticket", "reply", protocol, "A sala 14 também parou.")
    last = cogep("ticket", "show", protocol, "--json").json["entries"][-1]["id"]
    split = cogep("ticket", "split", protocol, "--subject", "Sala 14", "--entry", last, "--json")
    assert split.json["subject"] == "Sala 14"
    assert cogep("ticket", "search", split.json["protocol"]).out.endswith("Sala 14\n")
    early = cogep("ticket", "rate", protocol, "5")
    assert early.status == 1
    cogep("ticket", "move", protocol, "resolved")
    assert cogep("ticket", "rate", protocol, "5", "--comment", "Rápido.").status == 0
    days = ("--since", "2026-01-01", "--until", "2027-12-31")
    (line,) = cogep("ticket", "report", *days, "--json").json["lines"]
    assert (line["opened"], line["ratings"], line["rating_mean"]) == (2, 1, 5.0)
    assert cogep("ticket", "report", *days, "--csv").out.count(";") > 10
    assert "Atendimento" in cogep("ticket", "report", *days, "--by", "queue").out
