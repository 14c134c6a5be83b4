"""The lists of tickets: narrowing, views, the board, many at once."""

import re

from api import Api
from browser_session import words
from desk_client import UNKNOWN, detail, hidden, opened, page, send
from signed_in import Person


async def test_the_list_narrows_searches_and_keeps_views(
    api: Api, admin: Person, agent: Person
) -> None:
    await opened(agent, "Rede do 3º andar", tags=["rede"], priority="urgent")
    mesa = await opened(agent, "Mesa quebrada", tags=["móveis"])
    text = await page(agent, "/chamados")
    assert text.index("Mesa quebrada") < text.index("Rede do 3º andar")
    assert "Sem prazo" in words(text)
    for query, wanted, unwanted in (
        ("etiqueta=rede", "Rede do", "Mesa"),
        ("prioridade=urgent", "Rede do", "Mesa"),
        (f"q={mesa['protocol']}", "Mesa", "Rede do"),
        ("responsavel=none", "Mesa", "nada"),
        ("visao=meus", "Nenhum chamado nesta visão", "Mesa quebrada"),
        ("etiqueta=inexistente", "Nenhum chamado encontrado", "Mesa quebrada"),
    ):
        shown = words(await page(agent, f"/chamados?{query}"))
        assert wanted in shown, query
        assert unwanted not in shown, query
    for bad in ("visao=nada", f"visao={UNKNOWN}"):
        await page(agent, f"/chamados?{bad}", 404)
    unknown = words(await page(agent, "/chamados?prioridade=maxima", 422))
    assert "Este endereço não está certo" in unknown

    kept = await send(agent, "/chamados/visoes?etiqueta=rede", nome="Da rede")
    assert kept.status_code == 303
    view = kept.headers["location"]
    shown = words(await page(agent, view))
    assert "Da rede" in shown
    assert "Mesa quebrada" not in shown
    counts = await page(agent, "/chamados/contagens")
    assert f'id="contagem-{view.partition("=")[2]}" hx-swap-oob="true">1<' in counts
    assert 'id="contagem-abertos" hx-swap-oob="true">2<' in counts
    shared = await send(agent, "/chamados/visoes?etiqueta=rede", nome="De todos", compartilhada="1")
    assert shared.status_code == 403
    removed = f"/chamados/visoes/{view.partition('=')[2]}/remover"
    assert (await send(admin, removed)).status_code == 404
    assert (await send(agent, removed)).headers["location"] == "/chamados"


async def test_the_board_holds_columns_and_tells_where_a_card_may_go(agent: Person) -> None:
    ticket = await opened(agent)
    text = await page(agent, "/chamados?modo=quadro")
    card = re.search(rf'data-ticket="{ticket["id"]}"[^>]*', text)
    assert card is not None
    assert 'data-moves="open waiting resolved closed"' in card.group(0)
    assert 'data-asks="waiting closed"' in card.group(0)
    assert re.search(r'class="column drop-only" data-status="closed"', text)
    # The same move by a form, as the keyboard and a browser without scripts do it.
    form = await page(agent, f"/chamados/{ticket['id']}/acoes/mover?para=waiting&volta=/chamados")
    assert '<option value="waiting" selected>' in form
    fields = {"para": "waiting", "espera": "customer", "revisao": hidden(form, "revisao")}
    moved = await send(
        agent, f"/chamados/{ticket['id']}/estado", volta="/chamados?modo=quadro", **fields
    )
    assert moved.headers["location"] == "/chamados?modo=quadro"
    assert (await detail(agent, ticket))["status"] == "waiting"
    again = await send(agent, f"/chamados/{ticket['id']}/estado", **fields)
    assert again.status_code == 412
    assert "changed_meanwhile" in again.text
    for para, status in (("new", 409), ("closed", 422), ("nada", 422)):
        assert (await send(agent, f"/chamados/{ticket['id']}/estado", para=para)).status_code == (
            status
        )
    elsewhere = await send(
        agent,
        f"/chamados/{ticket['id']}/estado",
        para="closed",
        motivo="fim",
        volta="https://outro.example",
    )
    assert elsewhere.headers["location"] == "/chamados"


async def test_many_tickets_are_acted_on_from_the_list(agent: Person) -> None:
    first, second = await opened(agent, "Um"), await opened(agent, "Dois")
    await send(agent, f"/chamados/{second['id']}/estado", para="resolved")
    ids = [first["id"], second["id"], UNKNOWN]
    reply = await send(agent, "/chamados/lote", marcado=ids, acao="wait:customer")
    assert reply.headers["location"] == "/chamados"
    agent.client.cookies.set("cogep_outcome", reply.cookies["cogep_outcome"])
    assert (await detail(agent, first))["status"] == "waiting"
    for acao in ("assign:me", "priority:high", "queue:Atendimento"):
        assert (await send(agent, "/chamados/lote", marcado=ids[:1], acao=acao)).status_code == 303
    shown = await detail(agent, first)
    assert (shown["assignee"]["name"], shown["priority"]) == ("Bruno Araújo", "high")
    for bad in ("", "explode:tudo", "move:nada", "assign:x"):
        assert (await send(agent, "/chamados/lote", marcado=ids, acao=bad)).status_code == 422
    assert (await send(agent, "/chamados/lote", acao="assign:me")).status_code == 422
