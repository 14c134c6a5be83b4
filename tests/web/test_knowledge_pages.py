"""Conhecimento by its doors: what works, who may not, what is badly asked, what is not there."""

import re
from uuid import uuid4

import pytest
import sqlalchemy as sa
from api import Api
from browser_session import HTML, words
from lxml.html import document_fromstring
from page_samples import prepare_samples
from published import publish
from signed_in import Person, sign_in

from cogep_assist.core.access import SYSTEM
from cogep_assist.core.models import (
    Document,
    Gap,
    GapStatus,
    IngestionJob,
    JobStatus,
    Role,
    SetQuestion,
    Synonym,
)
from cogep_assist.edge.cookies import COOKIE
from cogep_assist.ingestion_service.document_passages import PassagePlace
from cogep_assist.rag_service.question_set_run import measure_question_set
from cogep_assist.rag_service.question_set_schemas import QuestionSetBody, SetQuestionBody
from cogep_assist.rag_service.question_sets import create_question_set
from cogep_assist.web.passage_marks import marked_parts
from cogep_assist.web.plot import HEIGHT, line_plot
from cogep_assist.web.version_diff import version_diff


async def send(person: Person, address: str, **fields: str) -> tuple[int, str, str]:
    """Send a form and return the status, where it leads and what is said."""
    reply = await person.client.post(address, data=fields, headers=HTML)
    return reply.status_code, reply.headers.get("location", ""), words(reply.text)


async def test_what_fits_comes_in_and_what_does_not_is_told_of(api: Api) -> None:
    ana = await sign_in(api, "Ana Conceição", Role.CURATOR)
    page = (await ana.client.get("/conhecimento/enviar", headers=HTML)).text
    action = re.search(r'action="(/conhecimento/enviar/arquivos\?csrf_token=[^"]+)"', page)
    assert action is not None
    # As a browser without scripts sends it: the token is in the form's address alone.
    plain = api.anonymous(headers=HTML)
    plain.cookies.set(COOKIE, ana.client.headers["Cookie"].partition("=")[2])
    files = [("file", ("férias.txt", b"Trinta dias.")), ("file", ("ponto.md", b"# Ponto"))]
    reply = await plain.post(action.group(1), files=files, data={"collection": "rh"})
    assert (reply.status_code, reply.headers["location"]) == (303, "/conhecimento/fila")
    queue = words((await plain.get("/conhecimento/fila")).text)
    assert "2 documentos estão na fila." in queue
    assert "férias.txt" in queue
    assert "documentos estão" not in words((await plain.get("/conhecimento/fila")).text)
    for token in ("", "?csrf_token=x"):
        reply = await plain.post(f"/conhecimento/enviar/arquivos{token}", files=files)
        assert reply.status_code == 403
    assert (await plain.post(action.group(1), data={"collection": "rh"})).status_code in {400, 422}
    files += [("file", ("vazio.txt", b"")), ("file", ("nada.pdf", b""))]
    reply = await plain.post(action.group(1), files=files)
    assert (reply.status_code, reply.headers["location"]) == (303, "/conhecimento/fila")
    queue = words((await plain.get("/conhecimento/fila")).text)
    assert "2 documentos estão na fila." in queue
    assert "Ficaram de fora: O arquivo “vazio.txt” está vazio." in queue
    reply = await plain.post(action.group(1), files=files[2:])
    assert (reply.status_code, "contando do zero" in reply.text) == (422, False)
    assert "Nenhum dos 2 arquivos pôde ser recebido." in words(reply.text)
    lines = "https://exemplo.gov.br/a\n\n https://exemplo.gov.br/b "
    assert (await send(ana, "/conhecimento/enviar/enderecos", enderecos=lines))[0] == 303
    status, _, told = await send(
        ana, "/conhecimento/enviar/enderecos", enderecos="https://exemplo.gov.br/c\nftp://x/y"
    )
    assert status == 422
    assert "https://exemplo.gov.br/c" in told, "what was typed is given back"
    assert "O endereço da linha 2, “ftp://x/y”, não serve" in told
    assert (await send(ana, "/conhecimento/enviar/enderecos", enderecos=" \n "))[0] == 422
    assert (await send(ana, "/conhecimento/exemplo"))[1] == "/conhecimento/fila"
    async with api.database.begin() as session:
        held = await session.scalar(sa.select(sa.func.count()).select_from(IngestionJob))
    assert held == 2 + 2 + 2 + 16


async def test_jobs_are_tried_again_cancelled_and_let_first(api: Api) -> None:
    await prepare_samples(api.database)
    ana = await sign_in(api, "Ana Conceição", Role.CURATOR)
    page = await ana.client.get("/conhecimento/fila", headers=HTML)
    for told in ("Ofício escaneado.pdf", "Instale o tesseract", "ocr_unavailable", "1,3 s"):
        assert told in words(page.text)
    part = await ana.client.get("/conhecimento/fila", headers=HTML | {"HX-Request": "true"})
    assert 'id="tarefas"' in part.text
    assert "<main" not in part.text
    async with api.database.begin() as session:
        rows = await session.execute(sa.select(IngestionJob.title, IngestionJob.id))
        jobs = {title: job_id for title, job_id in rows}  # noqa: C416 - rows are no pairs
    base = "/conhecimento/fila"
    failed = jobs["Ofício escaneado.pdf"]
    async with api.database.begin() as session:
        same = sa.update(IngestionJob).where(IngestionJob.title == "Portaria 12.pdf")
        await session.execute(same.values(duplicate_of=failed))
    listed = (await ana.client.get(base, headers=HTML)).text
    assert f'href="{base}?tarefa={failed}"' in listed
    one = words((await ana.client.get(f"{base}?tarefa={failed}", headers=HTML)).text)
    assert ("Detalhe técnico" in one, "Portaria 12.pdf" in one) == (True, False)
    assert (await ana.client.get(f"{base}?tarefa={uuid4()}", headers=HTML)).status_code == 404
    waiting = jobs["Portaria 12.pdf"]
    assert (await send(ana, f"{base}/{waiting}/priorizar"))[:2] == (303, base)
    assert (await send(ana, f"{base}/{waiting}/cancelar"))[0] == 303
    assert (await send(ana, f"{base}/{waiting}/priorizar"))[0] == 409
    assert (await send(ana, f"{base}/{waiting}/repetir"))[0] in {303, 409}
    assert (await send(ana, f"{base}/{jobs['Ofício escaneado.pdf']}/repetir"))[0] == 303
    assert (await send(ana, f"{base}/{waiting}/apagar"))[0] == 404
    assert (await send(ana, f"{base}/{uuid4()}/cancelar"))[0] == 404
    only = await ana.client.get(f"{base}?estado={JobStatus.FAILED.value}", headers=HTML)
    assert "Portaria 12.pdf" not in words(only.text)


async def test_what_failed_is_tried_again_at_once_and_leads_back_to_its_list(api: Api) -> None:
    await prepare_samples(api.database)
    ana = await sign_in(api, "Ana Conceição", Role.CURATOR)
    base = "/conhecimento/fila"
    async with api.database.begin() as session:
        ids = (await session.scalars(sa.select(IngestionJob.id))).all()
        fails = sa.update(IngestionJob).values(status=JobStatus.FAILED, error_code="file_corrupt")
        await session.execute(fails)
    listed = f"{base}?estado=failed"
    assert (await send(ana, f"{base}/{ids[0]}/repetir", volta=listed))[:2] == (303, listed)
    elsewhere = await send(ana, f"{base}/{ids[1]}/repetir", volta="https://exemplo.org/")
    assert elsewhere[1] == base
    page = (await ana.client.get(listed, headers=HTML)).text
    assert (await send(ana, f"{base}/repetir-falhas"))[:2] == (303, base)
    async with api.database.begin() as session:
        tried = sa.select(sa.func.count()).where(IngestionJob.status == JobStatus.PENDING)
        again = await session.scalar(tried)
    assert again is not None
    assert again >= 2
    if len(ids) > 3:
        assert "Tentar de novo todas as que falharam" in page


async def test_an_agent_is_led_to_what_they_may_open(api: Api) -> None:
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT)
    page = (await bruno.client.get("/conhecimento/artigos", headers=HTML)).text
    assert "/conhecimento/lacunas" not in page
    assert "/chamados?visao=resolvidos" in page


async def test_a_document_shows_versions_changes_passages_and_goes(api: Api) -> None:
    found = await prepare_samples(api.database)
    document = found.names["document"]
    ana = await sign_in(api, "Ana Conceição", Role.CURATOR)

    async def read(address: str) -> str:
        return words((await ana.client.get(address, headers=HTML)).text)

    listed = await read("/conhecimento?q=FERIAS&origem=followed")
    for told in ("Guia de férias", "Site seguido", "por Carla Guimarães", "próxima: "):
        assert told in listed, told
    assert "Nenhum documento assim" in await read("/conhecimento?q=inexistente")
    own = await read(f"/documentos/{document}/historico")
    for told in ("atual", "Próxima leitura", "Site seguido"):
        assert told in own, told
    changes = await read(f"/documentos/{document}/versoes/2/mudancas")
    assert "Há abono de um terço." in changes
    assert "O adicional de férias corresponde" in changes
    assert "Trecho 1" in await read(f"/documentos/{document}/trechos")
    assert (await send(ana, f"/documentos/{document}/remover"))[:2] == (303, "/conhecimento")
    gone = await ana.client.get(f"/documentos/{document}/historico", headers=HTML)
    assert gone.status_code == 410
    carla = await sign_in(api, "Carla Nogueira", Role.REQUESTER)
    other = await publish(api.database, "Texto interno.", "Interno", collection="interna")
    for address in (f"/documentos/{other}/historico", f"/documentos/{other}/trechos"):
        assert (await carla.client.get(address, headers=HTML)).status_code == 404
    assert (await send(carla, f"/documentos/{other}/remover"))[0] == 403
    assert "Interno" not in words((await carla.client.get("/conhecimento", headers=HTML)).text)


async def test_gaps_searches_and_synonyms_are_worked_with(api: Api) -> None:
    found = await prepare_samples(api.database)
    ana = await sign_in(api, "Ana Conceição", Role.CURATOR)
    gap = f"/conhecimento/lacunas/{found.names['gap']}"
    assert (await send(ana, f"{gap}/deixar-de-lado"))[:2] == (303, "/conhecimento/lacunas")
    assert (await send(ana, f"{gap}/deixar-de-lado"))[0] == 409
    assert (await send(ana, f"{gap}/nada"))[0] == 404
    async with api.database.begin() as session:
        assert await session.scalar(sa.select(Gap.status)) is GapStatus.DISMISSED
    page = await ana.client.get("/conhecimento/busca?q=adicional+de+férias", headers=HTML)
    for column in ("Tudo junto", "Palavras", "4-gramas", "Sem modelo de vetores"):
        assert column in words(page.text)
    # Where no model makes vectors there is nothing to weigh them with.
    assert 'name="gramas"' in page.text
    assert 'name="vetores"' not in page.text
    kept = re.search(r'name="documento" value="([^"]+)"', page.text)
    assert kept is not None
    save = "/conhecimento/busca/guardar"
    for _ in range(2):
        status, address, _ = await send(ana, save, q="Qual o adicional?", documento=kept.group(1))
        assert status == 303
    assert "Qual o adicional?" in words((await ana.client.get(address, headers=HTML)).text)
    assert (await send(ana, save, q="Sem documento"))[0] == 422
    assert (await send(ana, save, q="x", documento=str(uuid4())))[0] == 404
    assert (await send(ana, f"{address}/medir"))[0] == 303
    add = "/conhecimento/sinonimos"
    assert (await send(ana, add, termo="ponto", outros="frequência, jornada"))[0] == 303
    status, _, told = await send(ana, add, termo="ponto", outros="")
    assert status == 422
    assert "de 1 a 20 palavras" in told
    async with api.database.begin() as session:
        numbers = await session.scalars(
            sa.select(SetQuestion.number).where(SetQuestion.text == "Qual o adicional?")
        )
        assert sorted(numbers) == [1, 2]
        entry = await session.scalar(sa.select(Synonym.id).where(Synonym.phrase == "ponto"))
    # Changed by hand, with what was read before as the bound.
    shown = (await ana.client.get(f"{add}/{entry}", headers=HTML)).text
    seen = document_fromstring(shown).xpath("//input[@name='visto']")[0].value
    changed = {"termo": "ponto", "outros": "frequência", "sentido": "one_way", "visto": seen}
    assert (await send(ana, f"{add}/{entry}", **changed | {"termo": "x" * 200}))[0] == 422
    assert (await send(ana, f"{add}/{entry}", **changed))[:2] == (303, add)
    assert (await send(ana, f"{add}/{entry}", **changed))[0] == 412
    listed = words((await ana.client.get(add, headers=HTML)).text)
    assert "ponto frequência só do termo para os outros" in listed
    assert (await send(ana, f"{add}/{entry}/remover"))[0] == 303
    assert (await ana.client.get(f"{add}/{entry}", headers=HTML)).status_code == 404
    # What the documents say of their own acronyms is seen, page by page.
    text = "O Sistema Eletrônico de Informações (SEI) e a Unidade de Pessoal (UP) são novos."
    await publish(api.database, text, "Siglas da casa")
    listed = words((await ana.client.get(add, headers=HTML)).text)
    assert "SEI Sistema Eletrônico de Informações 1 Siglas da casa" in listed
    sought = words((await ana.client.get(f"{add}?busca=informação", headers=HTML)).text)
    assert ("SEI Sistema" in sought, "UP Unidade" in sought) == (True, False)
    by_key = (await ana.client.get("/acronyms", params={"q": "sei", "limit": 1})).json()
    assert [one["long"] for one in by_key["items"]] == ["Sistema Eletrônico de Informações"]
    every = (await ana.client.get("/acronyms", params={"limit": 1})).json()
    rest = (await ana.client.get("/acronyms", params={"cursor": every["next_cursor"]})).json()
    assert [one["short"] for one in every["items"] + rest["items"]] == ["SEI", "UP"]
    assert rest["next_cursor"] is None
    after = words((await ana.client.get(f"{add}?sigla=sei", headers=HTML)).text)
    assert "Sistema Eletrônico" not in after
    assert "UP Unidade de Pessoal" in after


async def test_sources_are_followed_paused_and_refused(api: Api) -> None:
    found = await prepare_samples(api.database)
    ana = await sign_in(api, "Ana Conceição", Role.CURATOR)
    source = f"/conhecimento/fontes/{found.names['source']}"
    assert (await send(ana, f"{source}/pausar"))[:2] == (303, source)
    assert "em pausa" in words((await ana.client.get(source, headers=HTML)).text)
    assert (await send(ana, f"{source}/visitar"))[0] == 409
    assert (await send(ana, f"{source}/retomar"))[0] == 303
    new = {"tipo": "url", "alvo": "https://exemplo.gov.br/novo", "agenda": "a cada 6 horas"}
    assert (await send(ana, "/conhecimento/fontes", **new))[0] == 303
    status, _, told = await send(ana, "/conhecimento/fontes", **new | {"agenda": "quando der"})
    assert status == 422
    assert "Código" not in told or "quando der" in told
    assert (await send(ana, "/conhecimento/fontes", **new | {"tipo": "nada"}))[0] == 422
    # An address inside the network is neither followed nor looked at.
    inside = new | {"tipo": "sitemap", "alvo": "http://127.0.0.1:1/sitemap.xml", "ver": "1"}
    assert (await send(ana, "/conhecimento/fontes", **inside))[0] >= 400


async def test_a_question_set_is_repeated_and_shows_what_each_question_came_to(api: Api) -> None:
    ana = await sign_in(api, "Ana Conceição", Role.CURATOR)
    await publish(api.database, "As férias são de trinta dias por ano.", "Férias")
    asked = [
        SetQuestionBody(text="De quantos dias são as <b>férias</b>?", answers=["trinta dias"]),
        SetQuestionBody(text="Qual o preço do hipopótamo lunar?", impossible=True),
        SetQuestionBody(text="De quantos dias são as férias?", documents=["Ponto"]),
    ]
    body = QuestionSetBody(name="Março", questions=asked)
    async with api.database.begin() as session:
        set_id = await create_question_set(session, SYSTEM, body)
    await measure_question_set(api.database, set_id)
    path = f"/conhecimento/avaliacao/{set_id}"
    for hours, status in (("24", 303), ("0", 422), ("x", 422), ("²", 422)):
        assert (await send(ana, f"{path}/horario", horas=hours))[0] == status, hours
    await send(ana, f"{path}/medir")
    shown = (await ana.client.get(path, headers=HTML)).text
    for part in ("Respostas certas: 1,000", "resposta certa", "não respondeu", "documento não veio",
                 "&lt;b&gt;", "próxima medição", "A medição está na fila."):  # fmt: skip
        assert part in shown, part


@pytest.mark.parametrize("role", [Role.REQUESTER, Role.AGENT])
async def test_who_does_not_look_after_the_base_is_kept_out(api: Api, role: Role) -> None:
    bruno = await sign_in(api, "Bruno Araújo", role)
    for page in ("enviar", "fila", "lacunas", "busca", "avaliacao", "fontes"):
        reply = await bruno.client.get(f"/conhecimento/{page}", headers=HTML)
        assert reply.status_code == 403, page
    assert (await send(bruno, "/conhecimento/exemplo"))[0] == 403
    async with api.database.begin() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Document)) == 0


def test_texts_are_cut_compared_and_drawn() -> None:
    text = "aaaa bbbb cccc dddd"
    places = [PassagePlace(uuid4(), n, s, e, None, "") for n, s, e in ((0, 0, 6), (1, 4, 9))]
    parts = marked_parts(text, places)
    assert "".join(part.text for part in parts) == text[:9]
    assert [part.ordinal for part in parts] == [0, 1]
    assert marked_parts(text, []) == []
    lines, cut = version_diff("um\ndois\ntrês", "um\nDois\ntrês")
    assert [line.kind for line in lines] == ["same", "gone", "came", "same"]
    assert not cut
    assert version_diff("igual", "igual")[0] == []
    assert version_diff("x\n" * 5000, "y")[1]
    drawn = line_plot([("a", 0.0), ("b", 1.0), ("c", 7.0)])
    assert drawn.points[0].y > drawn.points[1].y == drawn.points[2].y >= 0
    assert max(point.y for point in drawn.points) <= HEIGHT
    assert drawn.path.count("L") == 2
    assert line_plot([]).path == ""
