"""Articles out of gaps and tickets, many documents at once, other weights, the composer's finds."""

import json
import re
from urllib.parse import unquote

import sqlalchemy as sa
from api import Api
from browser_session import words
from desk_client import UNKNOWN, detail, hidden, opened, page, send
from published import publish
from signed_in import Person, sign_in

from cogep_assist.core.models import Article, IngestionJob, JobStatus, Role
from cogep_assist.core.principal import Principal, PrincipalKind
from cogep_assist.rag_service.ask_stream import whole_answer
from cogep_assist.rag_service.gap_grouping import group_gaps

SENTENCE = "As férias dos servidores são de trinta dias por ano."


async def test_a_gap_becomes_an_article_that_other_eyes_let_in(
    api: Api, admin: Person, agent: Person, requester: Person
) -> None:
    await publish(api.database, SENTENCE, "Guia de férias")
    curator = await sign_in(api, "Carla Guimarães", Role.CURATOR)
    asker = Principal(PrincipalKind.USER, Role.AGENT, id=agent.id)
    await whole_answer(api.database, asker, "Qual é o telefone da ouvidoria em Marte?")
    async with api.database.begin() as session:
        await group_gaps(session, "")
    gaps = await page(curator, "/conhecimento/lacunas")
    gap = re.search(r'href="(/conhecimento/lacunas/[0-9a-f-]{36})"', gaps)
    assert gap is not None
    assert "Escrever artigo" in words(await page(curator, gap.group(1)))
    assert (await send(requester, f"{gap.group(1)}/artigo")).status_code == 403
    made = await send(curator, f"{gap.group(1)}/artigo")
    here = made.headers["location"]
    form = await page(curator, here)
    assert "ouvidoria" in words(form)
    await page(requester, here, 403)
    # Approved only with an answer, and by other eyes than those that wrote it.
    assert (await send(curator, f"{here}/aprovar")).status_code == 409
    fields = {"titulo": "Ouvidoria", "pergunta": "Qual é o telefone?", "resposta": "Ramal 100."}
    stale = {**fields, "revisao": "99"}
    kept = await send(curator, here, **stale)
    assert kept.status_code == 412
    assert "Ramal 100.</textarea>" in kept.text
    assert (await send(curator, here, **fields, revisao=hidden(form, "revisao"))).status_code == 303
    # What would be refused is not offered: the page says who may.
    assert "Quem escreveu por último não aprova" in (theirs := await page(curator, here))
    assert f'action="{here}/aprovar"' not in theirs
    assert f'action="{here}/aprovar"' in await page(admin, here)
    assert "outra pessoa" in words((await send(curator, f"{here}/aprovar")).text).lower()
    assert (await send(admin, f"{here}/aprovar")).status_code == 303
    assert (await send(admin, f"{here}/devolver", motivo="Falta o horário.")).status_code == 303
    assert "[Devolvido: Falta o horário.]" in await page(curator, here)
    assert (await send(admin, f"{here}/aprovar")).status_code == 303
    assert (await send(admin, f"{here}/publicar")).status_code == 303
    assert "publicado" in words(await page(admin, "/conhecimento/artigos?estado=published"))
    assert (await send(admin, f"{here}/explodir")).status_code == 404
    # Of a ticket, once it is resolved.
    ticket = await opened(agent, "Ramal da ouvidoria")
    assert (await send(agent, f"/chamados/{ticket['id']}/artigo")).status_code == 409
    await send(agent, f"/chamados/{ticket['id']}/escrever", tipo="resposta", texto="Ramal 100.")
    await send(agent, f"/chamados/{ticket['id']}/estado", para="resolved")
    assert "Escrever artigo" in words(await page(agent, f"/chamados/{ticket['id']}"))
    drafted = await send(agent, f"/chamados/{ticket['id']}/artigo")
    assert "Ramal 100." in await page(agent, drafted.headers["location"])
    async with api.database.begin() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Article)) == 2


async def test_many_documents_are_read_again_or_removed(api: Api, agent: Person) -> None:
    curator = await sign_in(api, "Carla Guimarães", Role.CURATOR)
    address = "https://www.exemplo.gov.br/ferias"
    linked = await publish(api.database, SENTENCE, "Guia de férias", uri=address)
    file = await publish(api.database, "O ponto fecha no dia 5.", "Manual do ponto")
    assert "Com os marcados" in words(await page(curator, "/conhecimento"))
    assert "Com os marcados" not in words(await page(agent, "/conhecimento"))
    ticked = [str(linked), str(file)]
    again = await send(curator, "/conhecimento/lote", acao="reler", marcado=ticked)
    assert again.status_code == 303
    async with api.database.begin() as session:
        assert list(await session.scalars(sa.select(IngestionJob.uri))) == [address]
    told = json.loads(unquote(again.cookies["cogep_outcome"]))["notice"]
    assert told.startswith("1 endereço está na fila. 1 arquivo não")
    # What is being read is told to whoever looks after the base, and narrows the list for them.
    reading = words(await page(curator, "/conhecimento?estado=reading"))
    assert ("Guia de férias" in reading, "Manual do ponto" in reading) == (True, False)
    assert "em leitura" in reading
    assert "em leitura" not in words(await page(agent, "/conhecimento?estado=reading"))
    async with api.database.begin() as session:
        await session.execute(sa.update(IngestionJob).values(status=JobStatus.FAILED))
    failed = words(await page(curator, "/conhecimento?estado=failed"))
    assert ("última leitura falhou" in failed, "Manual do ponto" in failed) == (True, False)
    sent = words(await page(curator, "/conhecimento?origem=sent"))
    assert ("Guia de férias" in sent, "Manual do ponto" in sent) == (False, True)
    # Out of the answers and back, with the page where it was asked for.
    here = f"/documentos/{file}/historico"
    for who, status in ((agent, 403), (curator, 303)):
        out = await send(who, "/conhecimento/lote", acao="ocultar", marcado=str(file), voltar=file)
        assert out.status_code == status
    assert out.headers["location"] == here
    assert "Devolver às respostas" in await page(curator, here)
    again = await send(curator, "/conhecimento/lote", acao="ocultar", marcado=[*ticked, UNKNOWN])
    told = json.loads(unquote(again.cookies["cogep_outcome"]))["notice"]
    assert told == "1 documento saiu das respostas e continua na base."
    assert "fora das respostas" in words(await page(agent, here))
    listed = words(await page(curator, "/conhecimento?estado=used"))
    assert "Nenhum documento assim" in listed
    await send(curator, "/conhecimento/lote", acao="mostrar", marcado=ticked, estado="hidden")
    assert "nas respostas" in words(await page(curator, "/conhecimento?estado=used"))
    for fields in ({"acao": "explodir", "marcado": ticked}, {"acao": "remover"}):
        assert (await send(curator, "/conhecimento/lote", **fields)).status_code == 422
    assert (
        await send(agent, "/conhecimento/lote", acao="remover", marcado=ticked)
    ).status_code == 403
    gone = await send(curator, "/conhecimento/lote", acao="remover", marcado=[*ticked, UNKNOWN])
    assert gone.status_code == 303
    assert "Manual do ponto" not in await page(curator, "/conhecimento")


async def test_weights_and_the_composer_find_passages(api: Api, agent: Person) -> None:
    curator = await sign_in(api, "Carla Guimarães", Role.CURATOR)
    await publish(api.database, SENTENCE, "Guia de férias")
    await publish(api.database, "O adicional de férias é um terço.", "Adicional")
    plain = await page(curator, "/conhecimento/busca?q=dias+de+férias")
    assert "em uso só aqui" not in words(plain)
    tried = await page(
        curator, "/conhecimento/busca?q=dias+de+férias&pesos=1&palavras=0&gramas=100&vetores=0"
    )
    assert "em uso só aqui" in words(tried)
    assert '<p class="soft figure-line">nota 1,000' in tried
    await page(curator, "/conhecimento/busca?q=dias&pesos=1&palavras=900", 422)
    ticket = await opened(agent, "Férias")
    here = f"/chamados/{ticket['id']}"
    found = await page(agent, f"{here}/trechos?q=férias")
    place = re.search(r'data-place="([^"]+)"', found)
    assert place is not None
    cited = {"tipo": "resposta", "texto": SENTENCE, "fonte": place.group(1)}
    assert (await send(agent, f"{here}/escrever", **cited)).status_code == 303
    assert (await detail(agent, ticket))["entries"][-1]["citations"][0]["title"] in {
        "Guia de férias",
        "Adicional",
    }
    assert "data-place" not in await page(agent, f"{here}/trechos?q=")
    await page(agent, f"/chamados/{UNKNOWN}/trechos?q=férias", 404)
