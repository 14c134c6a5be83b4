"""Writing on a ticket: replies, notes, files, suggestions, a new ticket."""

import re

from api import Api
from browser_session import words
from desk_client import PART, UNKNOWN, detail, hidden, opened, page, send
from desk_sample import SENTENCE, fill_desk
from published import publish
from signed_in import Person

from cogep_assist.core.models import Visibility
from cogep_assist.core.principal import SYSTEM
from cogep_assist.ingestion_service.collections import set_visibility


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
    # An internal document's title and words are the desk's; a public one is told to whoever asked.
    assert "Guia de férias" not in await page(requester, here)
    async with api.database.begin() as session:
        await set_visibility(session, SYSTEM, "geral", Visibility.PUBLIC)
    assert "Guia de férias" in await page(requester, here)
    lonely = await opened(requester, "Astronomia", body="Qual é a distância até Saturno?")
    unsure = words(await page(agent, f"/chamados/{lonely['id']}/sugestao"))
    assert "não traz uma resposta" in unsure


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
    tampered = await send(agent, "/chamados/novo", assunto="Crachá", texto="x", cliente="abc")
    assert tampered.status_code == 422
    wrong = await send(agent, "/chamados/novo", assunto="", texto="Texto que fica")
    assert wrong.status_code == 422
    assert "Texto que fica</textarea>" in wrong.text
    await page(agent, f"/chamados/novo?resposta={UNKNOWN}", 404)
