"""One ticket as a page, and what its acts change."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from api import Api
from browser_session import HTML, words
from desk_client import PART, UNKNOWN, detail, hidden, opened, page, send
from desk_sample import SUBJECTS, fill_desk
from signed_in import Person, sign_in

from cogep_assist.core.models import Role, TicketPresence

MOST_QUERIES = 10


@contextmanager
def counted_queries(api: Api) -> Iterator[list[str]]:
    """The statements that a block sends."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    engine = api.database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


async def test_no_page_of_the_desk_asks_the_database_too_often(api: Api, admin: Person) -> None:
    sample = await fill_desk(api.database)
    ticket, customer = f"/chamados/{sample.tickets[0]}", f"/clientes/{sample.customers[0]}"
    forms = ["mover", "adiar", "atribuir", "alterar", "vincular", "dividir", "mesclar", "macro"]
    addresses = [
        "/chamados",
        "/chamados?modo=quadro",
        "/chamados?visao=todos&etiqueta=folha&prioridade=high&estado=new",
        "/chamados?q=férias",
        "/chamados/novo",
        "/chamados/contagens",
        f"/chamados/lateral?atual={sample.tickets[0]}",
        ticket,
        *(f"{ticket}/{part}" for part in ("prazo", "contexto", "conhecimento", "sugestao")),
        *(f"{ticket}/acoes/{name}" for name in forms),
        "/clientes",
        "/clientes?q=joao",
        customer,
        f"{customer}/editar",
        f"{customer}/unir?com={sample.customers[2]}",
        "/clientes/novo",
        "/clientes/duplicados",
        "/clientes/importar",
        "/relatorios",
    ]
    often = {}
    for address in addresses:
        with counted_queries(api) as sent:
            text = await page(admin, address)
        assert "undefined" not in text.lower()
        if len(sent) > MOST_QUERIES:
            often[address] = len(sent)
    assert not often
    beside = await page(admin, f"{ticket}/contexto")
    assert 'href="mailto:joao.araujo@exemplo.gov.br"' in beside
    assert 'href="tel:+5591981234567"' in beside
    # Parts that a page takes in by itself may ask a little more than a page.
    for part in (f"{customer}/ligados",):
        with counted_queries(api) as sent:
            await page(admin, part)
        assert len(sent) <= MOST_QUERIES + 2


async def test_a_ticket_shows_its_life_and_its_side(api: Api, admin: Person) -> None:
    sample = await fill_desk(api.database)
    bruno = await sign_in(api, "Ana Souza", Role.AGENT)
    text = await page(bruno, f"/chamados/{sample.tickets[0]}")
    merge = words(await page(bruno, f"/chamados/{sample.tickets[0]}/acoes/mesclar"))
    _, _, theirs = merge.partition("Outros chamados de João da Conceição Araújo")
    assert SUBJECTS[2][0] in theirs
    assert SUBJECTS[1][0] not in theirs
    shown = words(text)
    for wanted in (
        SUBJECTS[0][0],
        "Bruno Araújo assumiu o chamado",
        "O sistema ficou fora do ar",
        "Solução em 47 h 59 min",
        "Explicar o prazo",
        "João da Conceição Araújo",
        "Código para acompanhar",
    ):
        assert wanted in shown, wanted
    assert re.search(r'<article class="entry note"', text)
    assert "Novas desde a sua última ação" not in shown
    # As the live page asks for itself again, to take its line of time from.
    anew = await bruno.client.get(f"/chamados/{sample.tickets[0]}", headers=PART)
    assert 'id="linha"' in anew.text
    protocol = re.search(r"\d{4}\.\d{6}-\d", shown)
    assert protocol is not None
    led = await bruno.client.get(f"/chamados/{protocol.group(0)}", headers=HTML)
    assert led.headers["location"] == f"/chamados/{sample.tickets[0]}"
    deadline = words(await page(bruno, f"/chamados/{sample.tickets[0]}/prazo"))
    assert "Prometido: 4 h" in deadline
    assert "Prometido: 48 h" in deadline
    rated = words(await page(bruno, f"/chamados/{sample.tickets[3]}"))
    assert "Muito bom (5 de 5): “Rápido e claro.”" in rated
    assert "No prazo" in rated
    for nowhere in (UNKNOWN, "2026.999999-0", "abc"):
        await page(bruno, f"/chamados/{nowhere}", 404)
    # A second agent is seen at the ticket, and that they write.
    mine, theirs = (f"/chamados/{sample.tickets[0]}/presenca" for _ in range(2))
    await send(admin, mine, escrevendo="1")
    seen = await send(bruno, theirs, escrevendo="0")
    assert "Íris Conceição está escrevendo" in words(seen.text)
    async with api.database.begin() as session:
        count = sa.select(sa.func.count()).select_from(TicketPresence)
        assert await session.scalar(count) == 2


async def test_acts_change_a_ticket_and_stale_ones_are_refused(
    api: Api, admin: Person, agent: Person
) -> None:
    ticket, other = await opened(agent, "Um"), await opened(agent, "Outro", tags=["rede"])
    here = f"/chamados/{ticket['id']}"
    assert (await send(agent, f"{here}/assumir")).headers["location"] == here
    taken = await send(admin, f"{here}/assumir")
    assert taken.status_code == 409
    assert "Bruno Araújo" in words(taken.text)
    form = await page(agent, f"{here}/acoes/alterar")
    fields = {
        "revisao": hidden(form, "revisao"),
        "assunto": "Um, de novo",
        "urgencia": "high",
        "impacto": "high",
        "prioridade": "",
        "etiquetas": "toner, rede",
    }
    assert (await send(agent, f"{here}/alterar", **fields)).status_code == 303
    shown = await detail(agent, ticket)
    assert (shown["subject"], shown["tags"]) == ("Um, de novo", ["toner", "rede"])
    assert shown["priority"] == "urgent"
    assert (await send(agent, f"{here}/alterar", **fields)).status_code == 412
    unknown = await send(agent, f"{here}/alterar", busca_cliente="Ninguém de Nada", era_cliente="")
    assert unknown.status_code == 422

    for quando, ate, status in (
        ("1h", "", 303),
        ("", "2099-01-01T08:00", 422),
        # A date that was typed counts, whatever is chosen above it.
        ("1h", "2099-01-01T08:00", 422),
        ("", "2020-01-01T08:00", 422),
        ("", "", 422),
        ("agora", "", 303),
    ):
        asked = await send(agent, f"{here}/adiar", quando=quando, ate=ate)
        assert asked.status_code == status, (quando, ate)
    linked = {"protocolo": other["protocol"], "relacao": "caused_by"}
    assert (await send(agent, f"{here}/vincular", **linked)).status_code == 303
    assert "Causado por" in words(await page(agent, here))
    undone = {"outro": other["id"], "relacao": "caused_by"}
    assert (await send(agent, f"{here}/desvincular", **undone)).status_code == 303
    assert (await send(agent, f"{here}/vincular", protocolo="x")).status_code == 404

    before = await page(agent, f"{here}/acoes/mesclar")
    assert "Outros chamados de" not in before
    preview = words(await page(agent, f"{here}/acoes/mesclar?protocolo={other['protocol']}"))
    assert "1 mensagem, com os anexos" in preview
    assert (await send(agent, f"{here}/mesclar", outro=other["id"])).status_code == 303
    merged = await page(agent, here)
    undo = re.search(rf'action="({here}/mesclas/[^"]+/desfazer)"', merged)
    assert undo is not None
    assert "foi mesclado em outro" in words(await page(agent, f"/chamados/{other['id']}"))
    assert (await send(agent, undo.group(1))).headers["location"] == here
    assert "/desfazer" not in await page(agent, here)

    await send(agent, f"{here}/escrever", tipo="resposta", texto="Resposta")
    first = (await detail(agent, ticket))["entries"][0]["id"]
    split = await send(agent, f"{here}/dividir", assunto="Parte", mensagem=[first])
    assert split.status_code == 303
    assert split.headers["location"] != here
    assert (await send(agent, f"{here}/dividir", assunto="Nada")).status_code == 422
    assert (await send(agent, f"{here}/macro", nome="nenhuma")).status_code == 404
    await page(agent, f"{here}/acoes/explodir", 404)
