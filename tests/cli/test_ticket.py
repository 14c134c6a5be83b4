"""Tickets and their clocks from a terminal."""

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


def test_a_merge_is_done_and_undone(cogep: Cogep, protocol: str) -> None:
    other = cogep("ticket", "open", "De novo", "--body", "Parou.", "--json").json
    merged = cogep("ticket", "merge", protocol, other["protocol"], "--json").json
    assert protocol in cogep("ticket", "list").out
    assert other["protocol"] not in cogep("ticket", "list").out
    assert cogep("ticket", "unmerge", merged["id"]).status == 0
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
