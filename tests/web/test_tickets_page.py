"""The desk's pages: lists, board, one ticket, writing, acts; and what a requester sees."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa
from api import Api
from browser_session import HTML, stranger, words
from desk_sample import SENTENCE, SUBJECTS, fill_desk
from published import publish
from signed_in import Person, sign_in

from cogep_assist.core.models import Role, TicketPresence

PART = HTML | {"HX-Request": "true"}
UNKNOWN = "019a0000-0000-7000-8000-000000000000"
MOST_QUERIES = 10


@pytest.fixture
async def admin(api: Api) -> Person:
    return await sign_in(api, "Íris Conceição", Role.ADMIN)


@pytest.fixture
async def agent(api: Api) -> Person:
    return await sign_in(api, "Bruno Araújo", Role.AGENT)


@pytest.fixture
async def requester(api: Api) -> Person:
    return await sign_in(api, "Carla Assunção", Role.REQUESTER)


async def opened(who: Person, subject: str = "Impressora", **fields: Any) -> dict[str, Any]:
    body = {"subject": subject, "body": "Parou de imprimir.", **fields}
    made: dict[str, Any] = (await who.client.post("/crm/tickets", json=body)).json()
    return made


async def page(who: Person, address: str, status: int = 200) -> str:
    reply = await who.client.get(address, headers=HTML)
    assert reply.status_code == status, f"{address}: {reply.status_code}\n{words(reply.text)}"
    return reply.text


async def send(who: Person, address: str, **fields: Any) -> httpx2.Response:
    return await who.client.post(address, data=fields, headers=HTML)


async def detail(who: Person, ticket: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await who.client.get(f"/crm/tickets/{ticket['id']}")).json()
    return found


def hidden(text: str, name: str) -> str:
    """The value of a form's hidden field."""
    found = re.search(rf'name="{name}"[^>]*? value="([^"]*)"', text)
    assert found is not None, name
    return html.unescape(found.group(1))


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
    # Parts that a page takes in by itself may ask a little more than a page.
    for part in (f"{customer}/ligados",):
        with counted_queries(api) as sent:
            await page(admin, part)
        assert len(sent) <= MOST_QUERIES + 2


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
    assert "“priority[0]”" in words(await page(agent, "/chamados?prioridade=maxima", 422))

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


async def test_a_ticket_shows_its_life_and_its_side(api: Api, admin: Person) -> None:
    sample = await fill_desk(api.database)
    bruno = await sign_in(api, "Ana Souza", Role.AGENT)
    text = await page(bruno, f"/chamados/{sample.tickets[0]}")
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


async def test_writing_keeps_what_was_typed_and_never_answers_the_unread(
    api: Api, agent: Person, requester: Person
) -> None:
    ticket = await opened(requester, "Crachá")
    here = f"/chamados/{ticket['id']}"
    before = await page(agent, here)
    reply = {
        "tipo": "resposta",
        "texto": "Olá, Carla!",
        "visto": hidden(before, "visto"),
        "chave": hidden(before, "chave"),
    }
    await send(requester, f"{here}/escrever", texto="Achei o crachá.")
    refused = await send(agent, f"{here}/escrever", **reply)
    assert refused.status_code == 412
    assert "Chegou uma mensagem nova" in words(refused.text)
    assert "Olá, Carla!</textarea>" in refused.text
    card = await agent.client.post(f"{here}/escrever", data=reply, headers=PART)
    assert (card.status_code, card.headers["hx-retarget"]) == (412, "#avisos")
    reply |= {"visto": hidden(refused.text, "visto"), "depois": "resolver"}
    for _ in range(2):
        sent = await send(agent, f"{here}/escrever", **reply)
        assert sent.headers["location"] == here
    shown = await detail(agent, ticket)
    assert shown["status"] == "resolved"
    assert [entry["kind"] for entry in shown["entries"]] == ["message", "message", "reply"]

    note = await send(agent, f"{here}/escrever", tipo="nota", texto="Ver com @bruno araújo.")
    assert note.status_code == 303
    told = [e for e in (await detail(agent, ticket))["events"] if e["kind"] == "note_written"]
    assert told[0]["details"]["mentions"] == [str(agent.id)]
    for fields, status in (
        ({"tipo": "resposta", "texto": "  "}, 422),
        ({"tipo": "grito", "texto": "Oi"}, 422),
        ({"tipo": "resposta", "texto": "Oi", "fonte": f"{UNKNOWN}:1:0:9"}, 422),
        ({"tipo": "resposta", "texto": "Oi", "fonte": "x:y"}, 422),
    ):
        bad = await send(agent, f"{here}/escrever", **fields)
        assert bad.status_code == status, fields
        assert "</textarea>" in bad.text
    assert (await send(agent, f"/chamados/{UNKNOWN}/escrever", texto="Oi")).status_code == 404


async def test_files_come_with_what_is_written_and_are_handed_out_as_files(
    agent: Person, requester: Person
) -> None:
    ticket = await opened(requester)
    here = f"/chamados/{ticket['id']}"
    sent = await agent.client.post(
        f"{here}/escrever",
        data={"tipo": "resposta", "texto": ""},
        files=[("file", ("foto çã.png", b"\x89PNG\r\n\x1a\n....", "text/html"))],
        headers=PART,
    )
    assert (sent.status_code, sent.headers["hx-redirect"]) == (204, here)
    shown = await page(requester, here)
    link = re.search(r'href="(/crm/tickets/[^"]+)" download', shown)
    assert link is not None
    file = await requester.client.get(link.group(1))
    assert file.headers["content-type"] == "image/png"
    assert file.headers["content-disposition"].startswith("attachment")
    program = await agent.client.post(
        f"{here}/escrever",
        data={"tipo": "resposta", "texto": "Veja"},
        files=[("file", ("jogo.exe", b"MZ..", "image/png"))],
        headers=PART,
    )
    assert program.status_code == 422
    assert "é um programa" in words(program.text)


async def test_a_suggested_reply_names_its_sources_and_is_sent_with_them(
    api: Api, agent: Person, requester: Person
) -> None:
    await publish(api.database, f"{SENTENCE}\n\nOutra coisa.", "Guia de férias")
    ticket = await opened(requester, "Férias", body="Quantos dias de férias têm os servidores?")
    here = f"/chamados/{ticket['id']}"
    text = await page(agent, f"{here}/sugestao")
    shown = words(text)
    for wanted in (SENTENCE, "Guia de férias", "interna", "Enviar", "Editar", "Descartar"):
        assert wanted in shown, wanted
    draft = {
        "tipo": "resposta",
        "texto": f"{SENTENCE} [1]",
        "fonte": hidden(text, "fonte"),
        "chave": hidden(text, "chave"),
    }
    edited = await send(agent, f"{here}/escrever", depois="editar", **draft)
    assert edited.status_code == 200
    assert f"{SENTENCE} [1]</textarea>" in edited.text
    assert hidden(edited.text, "fonte") == draft["fonte"]
    assert (await send(agent, f"{here}/escrever", **draft)).status_code == 303
    (cited,) = (await detail(agent, ticket))["entries"][-1]["citations"]
    assert (cited["title"], cited["quote"]) == ("Guia de férias", SENTENCE)
    assert "Guia de férias" in await page(requester, here)
    lonely = await opened(requester, "Astronomia", body="Qual é a distância até Saturno?")
    unsure = words(await page(agent, f"/chamados/{lonely['id']}/sugestao"))
    assert "não traz uma resposta" in unsure


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


async def test_a_requester_sees_answers_and_rates_their_own_alone(
    api: Api, agent: Person, requester: Person
) -> None:
    carla = await sign_in(api, "Carla de Outro Órgão", Role.REQUESTER)
    theirs = await opened(carla, "De outra pessoa")
    made = await send(
        requester, "/chamados/novo", assunto="Férias", texto="Como marco?", urgencia="high"
    )
    here = made.headers["location"]
    assert "De outra pessoa" not in await page(requester, "/chamados")
    await page(requester, f"/chamados/{theirs['id']}", 404)
    ticket_id = here.rpartition("/")[2]
    await send(agent, f"{here}/escrever", tipo="resposta", texto="Pelo sistema.")
    await send(agent, f"{here}/escrever", tipo="nota", texto="Segredo da equipe.")
    shown = words(await page(requester, here))
    assert "Pelo sistema." in shown
    assert "Segredo" not in shown
    assert "Bruno Araújo" not in shown
    assert (await send(requester, f"{here}/avaliar", nota="5")).status_code == 409
    for closed in ("assumir", "alterar", "mesclar", "acoes/mover", "presenca"):
        reply = await send(requester, f"{here}/{closed}")
        assert reply.status_code in {403, 405}, closed
    await send(agent, f"{here}/estado", para="resolved")
    assert "Como foi o atendimento?" in words(await page(requester, here))
    rated = await send(requester, f"{here}/avaliar", nota="4", comentario="Bom.")
    assert rated.headers["location"] == here
    assert "Você avaliou: Bom" in words(await page(requester, here))
    assert (await send(carla, f"{here}/escrever", texto="Oi")).status_code == 404
    again = await send(requester, f"{here}/escrever", texto="Voltou a acontecer.")
    assert again.headers["location"] == here
    assert (await detail(agent, {"id": ticket_id}))["status"] == "open"


async def test_a_new_ticket_finds_its_customer_and_gives_back_what_is_wrong(
    api: Api, agent: Person
) -> None:
    sample = await fill_desk(api.database)
    said = {"assunto": "Certidão", "texto": "Precisa da certidão.", "canal": "phone"}
    several = await send(agent, "/chamados/novo", busca_cliente="joao conceicao araujo", **said)
    assert several.status_code == 200
    assert "Qual cliente?" in words(several.text)
    assert 'value="Certidão"' in several.text
    one = await send(agent, "/chamados/novo", busca_cliente="529.982.247-25", **said)
    assert one.status_code == 303
    shown = words(await page(agent, one.headers["location"]))
    assert "Ângela Muniz Gonçalves" in shown
    assert "Telefone" in shown
    from_profile = await page(agent, f"/chamados/novo?cliente={sample.customers[0]}")
    assert "João da Conceição Araújo" in words(from_profile)
    wrong = await send(agent, "/chamados/novo", assunto="", texto="Texto que fica")
    assert wrong.status_code == 422
    assert "Texto que fica</textarea>" in wrong.text
    await page(agent, f"/chamados/novo?resposta={UNKNOWN}", 404)


async def test_the_status_page_is_open_to_the_protocol_and_its_code_alone(
    api: Api, agent: Person
) -> None:
    ticket = await opened(agent, "Crachá perdido")
    ana = await stranger(api)
    assert (await ana.get("/acompanhar")).status_code == 200
    proof = {"protocolo": ticket["protocol"], "codigo": ticket["proof"].lower()}
    await send(agent, f"/chamados/{ticket['id']}/escrever", tipo="nota", texto="Só entre nós.")
    shown = await ana.client.post("/acompanhar", data=proof)
    assert shown.status_code == 200
    assert "Crachá perdido" in words(shown.text)
    assert "Só entre nós." not in shown.text
    assert "Como foi o atendimento?" not in shown.text
    early = await ana.client.post("/acompanhar/avaliar", data=proof | {"nota": "5"})
    assert early.status_code == 409
    await send(agent, f"/chamados/{ticket['id']}/estado", para="resolved")
    assert "Como foi o atendimento?" in (await ana.client.post("/acompanhar", data=proof)).text
    rated = await ana.client.post("/acompanhar/avaliar", data=proof | {"nota": "2"})
    assert "Obrigado" in words(rated.text)
    assert (await detail(agent, ticket))["rating"]["score"] == 2
    for wrong in (proof | {"codigo": "AAAAAAAAAA"}, proof | {"protocolo": "2026.999999-9"}, {}):
        refused = await ana.client.post("/acompanhar", data=wrong)
        assert refused.status_code == 404
        assert "Crachá" not in refused.text
    assert (
        await ana.client.post("/acompanhar", data=proof, headers={"Origin": "https://x.example"})
    ).status_code == 403
