"""The pages: the way in, the question, the answer, its source, and what may go wrong."""

import html
import re
from importlib.resources import files
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from api import Api
from browser_session import signed_in, stranger, words
from published import publish

from cogep_assist.core.access import SYSTEM, create_sign_in_link
from cogep_assist.core.models import Conversation, Role
from cogep_assist.edge.cookies import COOKIE
from cogep_assist.ingestion_service.document_removal import remove_document

LEAVE = (
    "As férias dos servidores são de trinta dias por ano.\n\n"
    "O adicional de férias corresponde a um terço da remuneração."
)
QUESTION = "Quantos dias de férias têm os servidores?"
# A page that is also given in part extends something barer then.
EXTENDS = re.compile(r'{% extends "([\w/]+\.html)"(?: if not part else "[\w/]+\.html")? %}')
SENTENCE = "As férias dos servidores são de trinta dias por ano."


async def test_the_way_in_asks_to_confirm_and_the_link_works_once(api: Api) -> None:
    async with api.database.begin() as session:
        token = await create_sign_in_link(session, Role.AGENT)
    ana = await stranger(api)
    for _ in range(2):
        page = await ana.get(f"/entrar?token={token}")
        assert page.status_code == 200
        assert f'value="{token}"' in page.text
    assert page.headers["referrer-policy"] == "strict-origin"
    assert COOKIE not in ana.client.cookies
    reply = await ana.client.post("/entrar", data={"token": token})
    assert (reply.status_code, reply.headers["location"]) == (303, "/perguntar")
    assert COOKIE in ana.client.cookies
    again = await (await stranger(api)).client.post("/entrar", data={"token": token})
    assert again.status_code == 403
    assert "já foi usado ou venceu" in words(again.text)


async def test_the_way_in_refuses_another_site(api: Api) -> None:
    async with api.database.begin() as session:
        token = await create_sign_in_link(session, Role.AGENT)
    ana = await stranger(api)
    reply = await ana.client.post(
        "/entrar", data={"token": token}, headers={"Origin": "https://outro.example"}
    )
    assert reply.status_code == 403
    assert COOKIE not in ana.client.cookies


@pytest.mark.parametrize(
    "address", ["/", "/perguntar", "/respostas/0190a000-0000-7000-8000-000000000000"]
)
async def test_without_a_session_every_page_leads_to_the_way_in(api: Api, address: str) -> None:
    ana = await stranger(api)
    reply = await ana.get(address)
    assert (reply.status_code, reply.headers["location"]) == (303, "/entrar")
    assert "cogep link" in words((await ana.get("/entrar")).text)
    plain = await api.anonymous().get(address)
    assert plain.json()["error"]["code"] == "not_authenticated"


async def test_answers_with_a_chip_per_sentence_that_opens_the_passage(api: Api) -> None:
    document = await publish(api.database, LEAVE, "Guia de férias")
    ana = await signed_in(api)
    reply = await ana.ask(QUESTION)
    assert reply.status_code == 303
    page = await ana.get(reply.headers["location"])
    assert SENTENCE in words(page.text)
    assert QUESTION in words(page.text)
    assert 'data-source="1"' in page.text
    assert "Apoiado em 1 trecho" in words(page.text)
    found = re.search(rf'href="(/documentos/{document}/versoes/1\?[^"#]+)#trecho"', page.text)
    assert found is not None
    source = await ana.get(html.unescape(found.group(1)))
    marked = re.search(r'<mark id="trecho"[^>]*>(.*?)</mark>', source.text, re.DOTALL)
    assert marked is not None
    assert html.unescape(marked.group(1)) == SENTENCE
    article = re.search(r'<article class="sheet text"[^>]*>(.*?)</article>', source.text, re.DOTALL)
    assert article is not None
    assert html.unescape(re.sub("<[^>]+>", "", article.group(1))) == LEAVE


async def test_a_follow_up_says_how_it_was_understood(api: Api) -> None:
    await publish(api.database, LEAVE, "Guia de férias")
    ana = await signed_in(api)
    first = await ana.get((await ana.ask(QUESTION)).headers["location"])
    assert "Entendi como" not in first.text
    found = re.search(r'name="conversa" value="([^"]+)"', first.text)
    assert found is not None
    second = await ana.ask("e o adicional?", conversa=found.group(1))
    page = await ana.get(second.headers["location"])
    assert re.search(r"Entendi como: O adicional .*férias", words(page.text))


async def test_abstains_with_what_to_do_and_keeps_the_question(api: Api) -> None:
    await publish(api.database, LEAVE, "Guia de férias")
    ana = await signed_in(api)
    reply = await ana.ask("Qual a raiz quadrada do hipopótamo?")
    assert reply.status_code == 200
    assert "Não encontrei isso na base." in words(reply.text)
    assert "Qual a raiz quadrada do hipopótamo?</textarea>" in reply.text
    assert "Nenhum documento fala de “raiz”, “quadrada” nem de “hipopótamo”." in words(reply.text)
    mistyped = await ana.ask("Qual a raiz quadrada do adiciomal?")
    assert "Nenhum documento traz “adiciomal”: procurei por “adicional”." in words(mistyped.text)
    assert 'value="Qual a raiz quadrada do adicional?"' in mistyped.text


async def test_says_that_the_base_is_empty(api: Api) -> None:
    ana = await signed_in(api)
    page = (await ana.get("/perguntar")).text
    assert "Ainda não há documentos para você" in words(page)
    # Who may not fill it is told whom to turn to; who may is shown how.
    assert "/conhecimento/enviar" not in page
    carla = await signed_in(api, Role.CURATOR)
    assert "/conhecimento/enviar" in (await carla.get("/perguntar")).text


@pytest.mark.parametrize(
    ("question", "cause"),
    [(" \n ", "em branco"), ("a" * 4001, "passa de 4000 caracteres")],
)
async def test_a_bad_question_comes_back_with_its_cause(
    api: Api, question: str, cause: str
) -> None:
    ana = await signed_in(api)
    reply = await ana.ask(question)
    assert reply.status_code == 422
    assert cause in words(reply.text)
    assert "<textarea" in reply.text


async def test_a_line_break_of_a_form_counts_once(api: Api) -> None:
    ana = await signed_in(api)
    reply = await ana.ask("\r\n".join(["ab"] * 1330))
    assert reply.status_code == 200


async def test_a_form_without_its_token_is_refused(api: Api) -> None:
    ana = await signed_in(api)
    for fields in ({}, {"csrf_token": "x"}):
        reply = await ana.client.post("/perguntar", data={"pergunta": "x", **fields})
        assert reply.status_code == 403
        assert "csrf_token_invalid" in reply.text


async def test_a_collection_out_of_reach_does_not_exist(api: Api) -> None:
    document = await publish(api.database, LEAVE, "Guia interno", collection="interna")
    await publish(api.database, "Texto público.", "Aberto", collection="publica", public=True)
    carla = await signed_in(api, Role.REQUESTER)
    assert "interna" not in (await carla.get("/perguntar")).text
    assert (await carla.ask(QUESTION, colecao="interna")).status_code == 404
    source = await carla.get(f"/documentos/{document}/versoes/1?inicio=0&fim=5")
    assert source.status_code == 404
    assert "Guia interno" not in source.text


async def test_an_answer_belongs_to_who_asked(api: Api) -> None:
    await publish(api.database, LEAVE, "Guia de férias")
    ana, bruno = await signed_in(api), await signed_in(api)
    address = (await ana.ask(QUESTION)).headers["location"]
    assert (await ana.get(address)).status_code == 200
    assert (await bruno.get(address)).status_code == 404


async def test_a_conversation_that_went_under_an_open_page_begins_anew(api: Api) -> None:
    await publish(api.database, LEAVE, "Guia de férias")
    ana = await signed_in(api)
    address, _, place = (await ana.ask(QUESTION)).headers["location"].partition("#")
    conversation = address.rpartition("/")[2]
    # The answer comes into sight, also at the end of a long conversation.
    assert f'id="{place}"' in (await ana.get(address)).text
    async with api.database.begin() as session:
        await session.execute(sa.delete(Conversation))
    plain = await ana.ask("E o adicional?", conversa=conversation)
    assert (plain.status_code, "pode ter sido apagada" in words(plain.text)) == (404, True)
    # What was typed stays, and the next question is no longer of the one that is gone.
    assert ">E o adicional?</textarea>" in plain.text
    assert 'name="conversa" value=""' in plain.text
    sent = {"csrf_token": await ana.csrf(), "pergunta": "E o adicional?", "conversa": conversation}
    told = await ana.client.post("/perguntar/fluxo", data=sent, headers={"HX-Request": "true"})
    assert (told.status_code, told.headers["hx-retarget"]) == (404, "#avisos")
    assert "pode ter sido apagada" in words(told.text)
    assert 'hx-target="#conversa"' in told.text


async def test_a_removed_document_leaves_a_tombstone(api: Api) -> None:
    document = await publish(api.database, LEAVE, "Guia de férias")
    ana = await signed_in(api)
    address = (await ana.ask(QUESTION)).headers["location"]
    async with api.database.begin() as session:
        await remove_document(session, SYSTEM, document)
    source = await ana.get(f"/documentos/{document}/versoes/1?inicio=0&fim=5")
    assert source.status_code == 410
    assert re.search(r"Documento removido em \d\d/\d\d/\d{4}", words(source.text))
    page = await ana.get(address)
    assert page.status_code == 200
    assert SENTENCE not in page.text
    assert "foram removidos" in words(page.text)


async def test_what_documents_and_people_write_never_becomes_markup(api: Api) -> None:
    evil = '<script>alert("férias")</script>'
    document = await publish(
        api.database, f"{evil} As férias são de trinta dias.", evil, uri="javascript:alert(1)"
    )
    ana = await signed_in(api)
    reply = await ana.ask(f"Quantos dias de férias? {evil}")
    page = reply if reply.status_code == 200 else await ana.get(reply.headers["location"])
    source = await ana.get(f"/documentos/{document}/versoes/1")
    for shown in (page, source):
        assert shown.status_code == 200
        assert "<script>" not in shown.text
        assert "&lt;script&gt;" in shown.text
    assert 'href="javascript:' not in source.text


BAD_ADDRESSES = [
    ("/documentos/x/versoes/1", 422),
    (f"/documentos/{UUID(int=1)}/versoes/1", 404),
    (f"/documentos/{UUID(int=1)}", 404),
    (f"/documentos/{UUID(int=1)}/versoes/0", 422),
    (f"/documentos/{UUID(int=1)}/versoes/99999999999", 422),
    ("/respostas/x", 422),
    (f"/respostas/{UUID(int=1)}", 404),
    ("/nada/que/exista", 404),
]


async def test_a_bad_address_gets_a_page_with_its_code(api: Api) -> None:
    ana = await signed_in(api)
    for address, status in BAD_ADDRESSES:
        reply = await ana.get(address)
        assert reply.status_code == status, (address, status)
        assert reply.headers["content-type"].startswith("text/html"), (address, status)
        assert "Código:" in words(reply.text), (address, status)
        assert reply.headers["x-request-id"] in reply.text, (address, status)


NO_PASSAGES = ["inicio=5&fim=2", "inicio=0&fim=100000", "inicio=1", "inicio=x"]


async def test_a_passage_that_is_not_there_is_refused(api: Api) -> None:
    document = await publish(api.database, LEAVE, "Guia de férias")
    ana = await signed_in(api)
    for query in NO_PASSAGES:
        reply = await ana.get(f"/documentos/{document}/versoes/1?{query}")
        assert reply.status_code == 422, query


async def test_a_document_leads_to_what_it_says_now(api: Api) -> None:
    document = await publish(api.database, LEAVE, "Guia de férias")
    reply = await (await signed_in(api)).get(f"/documentos/{document}")
    assert (reply.status_code, reply.headers["location"]) == (
        303,
        f"/documentos/{document}/versoes/1",
    )


async def test_leaving_ends_the_session(api: Api) -> None:
    ana = await signed_in(api)
    cookie = ana.client.cookies[COOKIE]
    reply = await ana.client.post("/sair", data={"csrf_token": await ana.csrf()})
    assert (reply.status_code, reply.headers["location"]) == (303, "/entrar")
    assert COOKIE not in ana.client.cookies
    kept = await stranger(api)
    kept.client.cookies[COOKIE] = cookie
    assert (await kept.get("/perguntar")).headers["location"] == "/entrar"


async def test_every_page_has_its_landmarks_and_no_inline_code(api: Api) -> None:
    await publish(api.database, LEAVE, "Guia de férias")
    ana = await signed_in(api)
    answer = (await ana.ask(QUESTION)).headers["location"]
    for address in ("/perguntar", answer, "/entrar", "/entrar?token=x", "/nada"):
        page = await ana.get(address)
        for part in ('<html lang="pt-BR">', "<main", "<header", "<footer", 'name="viewport"'):
            assert part in page.text, (address, part)
        assert page.text.count("<h1") == 1
        for control in re.findall(r'<(?:textarea|select) id="([^"]+)"', page.text):
            assert f'for="{control}"' in page.text
        # Scripts come from files of ours alone, and nothing is written into the page.
        scripts = re.findall(r"<script[^>]*>[^<]*", page.text)
        assert scripts
        assert all(re.fullmatch(r'<script defer src="/estatico/[^"]+">', tag) for tag in scripts)
        assert not re.search(r"<style|\sstyle=|\son\w+=", page.text)
        assert "script-src 'self';" in page.headers["content-security-policy"]
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"


def test_every_template_extends_the_base_or_is_a_part_of_one() -> None:
    """Parts are named _part.html, macros live in a folder of theirs."""
    folder = Path(str(files("cogep_assist.web") / "templates"))
    pages = [path for path in folder.rglob("[!_]*.html") if path.parent.name != "macros"]
    # Framed by other sites: it has no rail, no account and none of the frame's scripts.
    pages.remove(folder / "widget" / "frame.html")
    for template in pages:
        page = template
        while page.name != "base.html":
            extended = re.match(
                r'{% extends "([\w/]+\.html)"(?: if not part else "[\w/]+\.html")? %}',
                page.read_text("utf-8"),
            )
            assert extended is not None, page
            page = folder / extended[1]
