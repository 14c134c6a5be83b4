"""Question sets made by hand: question by question, from a spreadsheet, with bounds that warn."""

import json
from http.cookies import SimpleCookie
from urllib.parse import unquote
from uuid import UUID

import httpx2
import pytest
import sqlalchemy as sa
from api import Api
from browser_session import HTML, words
from letters import letters
from lxml.html import document_fromstring
from published import publish
from signed_in import Person, sign_in

from cogep_assist.core.access import SYSTEM
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    BackgroundJob,
    BackgroundStatus,
    EvaluationRun,
    QuestionSet,
    Role,
    SetQuestion,
)
from cogep_assist.core.queue import BACKGROUND, Claim
from cogep_assist.rag_service.question_set_run import measure_question_set
from cogep_assist.rag_service.question_set_state import EVALUATE
from cogep_assist.rag_service.question_sets import request_evaluation
from cogep_assist.web.outcome import COOKIE
from cogep_assist.worker_service.outcome import record_outcome

LIST = "/conhecimento/avaliacao"


async def send(person: Person, address: str, **fields: str) -> tuple[int, str, str]:
    """Send a form and return the status, where it leads and what is said."""
    reply = await person.client.post(address, data=fields, headers=HTML)
    return reply.status_code, reply.headers.get("location", ""), words(reply.text)


async def read(person: Person, address: str) -> str:
    """Return what a page says."""
    return words((await person.client.get(address, headers=HTML)).text)


def _notice(reply: httpx2.Response) -> str:
    value = SimpleCookie(reply.headers.get("set-cookie", "")).get(COOKIE)
    return "" if value is None else str(json.loads(unquote(value.value))["notice"])


async def _questions(api: Api) -> dict[str, UUID]:
    async with api.database.begin() as session:
        rows = await session.execute(sa.select(SetQuestion.text, SetQuestion.id))
        return {row.text: row.id for row in rows}


async def test_a_curator_writes_a_set_by_hand(api: Api) -> None:
    ana = await sign_in(api, "Ana Conceição", Role.CURATOR)
    await publish(api.database, "As férias são de trinta dias por ano.", "Férias")
    assert "Nenhum conjunto ainda" in await read(ana, LIST)
    assert (await send(ana, LIST, nome=" ", colecao="geral"))[0] == 422
    assert (await send(ana, LIST, nome="Março", colecao="não há"))[0] == 404
    status, path, _ = await send(ana, LIST, nome="Março", colecao="geral")
    assert status == 303
    status, _, told = await send(ana, LIST, nome="Março", colecao="geral")
    assert status == 409
    assert "já tem um conjunto de perguntas chamado “Março”" in told
    assert "Nenhuma pergunta ainda" in await read(ana, path)
    assert (await send(ana, f"{path}/medir"))[0] == 409

    add = f"{path}/perguntas"
    asked = {"pergunta": "De quantos dias são as <b>férias</b>?", "documento": "Férias"}
    assert (await send(ana, add, **asked, respostas="trinta dias\n30 dias\n"))[:2] == (303, path)
    status, _, told = await send(ana, add, pergunta="Qual o prazo do recurso?")
    assert status == 422
    assert "a pergunta não diz resposta nem documento" in told
    sent = await ana.client.post(add, data={"pergunta": "Qual o prazo do recurso?"}, headers=HTML)
    (marked,) = document_fromstring(sent.text).xpath("//*[@aria-invalid='true']")
    assert marked.get("name") == "pergunta"
    assert (
        "Qual o prazo do recurso?"
        in (
            await ana.client.post(add, data={"pergunta": "Qual o prazo do recurso?"}, headers=HTML)
        ).text
    )
    both = {"pergunta": "E o preço?", "respostas": "dez", "sem_resposta": "1"}
    assert (await send(ana, add, **both))[0] == 422
    assert (await send(ana, add, pergunta="E o preço?", sem_resposta="1"))[0] == 303
    assert (await send(ana, add, pergunta="Onde?", documento="Sumido"))[0] == 303
    shown = await read(ana, path)
    for part in ("<b>férias</b>", "Férias; trinta dias; 30 dias", "não há na base",
                 "não está na coleção: Sumido"):  # fmt: skip
        assert part in shown, part

    held = await _questions(api)
    one = f"{add}/{held['Onde?']}"
    assert 'value="Sumido"' in (await ana.client.get(one, headers=HTML)).text
    assert (await send(ana, one, pergunta="Onde?"))[0] == 422
    changed = {"pergunta": "Onde fica?", "documento": "Férias", "outros": "Ponto\nFérias"}
    assert (await send(ana, one, **changed))[:2] == (303, path)
    # Who has the page of before open is told that it is another question by now.
    for address in (one, f"{one}/remover"):
        status, _, told = await send(ana, address, **changed)
        assert status == 404
        assert "Alguém a mudou ou removeu" in told
    assert (await ana.client.get(one, headers=HTML)).status_code == 404
    unchanged = (await _questions(api))["Onde fica?"]
    assert (await send(ana, f"{add}/{unchanged}", **changed))[0] == 303
    assert (await _questions(api))["Onde fica?"] == unchanged
    assert (await send(ana, f"{add}/{unchanged}/remover"))[0] == 303
    assert "Onde fica?" not in await read(ana, path)

    carla = await sign_in(api, "Carla Nogueira", Role.AGENT)
    for address in (path, f"{path}/exportar", f"{add}/{unchanged}"):
        assert (await carla.client.get(address, headers=HTML)).status_code == 403
    for address in (LIST, add, f"{path}/importar", f"{path}/limites"):
        assert (await send(carla, address, nome="x"))[0] == 403


async def test_a_spreadsheet_goes_out_and_comes_in_again(api: Api) -> None:
    ana = await sign_in(api, "Ana Conceição", Role.CURATOR)
    await publish(api.database, "As férias são de trinta dias por ano.", "Férias | Portal")
    _, path, _ = await send(ana, LIST, nome="Março", colecao="geral")

    async def take_in(data: bytes) -> tuple[int, str]:
        files = {"arquivo": ("férias.csv", data, "text/csv")}
        reply = await ana.client.post(f"{path}/importar", files=files, headers=HTML)
        return reply.status_code, _notice(reply) + words(reply.text)

    # As Excel in Portuguese writes it: cp1252, semicolons, CRLF, a column of the house's own.
    rows = (
        "Pergunta;Resposta;Documento;Sem resposta;Obs\r\n"
        '"Quantos dias de férias?";"trinta dias\n30 dias";Férias | Portal;;x\r\n'
        "Qual o preço?;;;Sim;\r\n;;;;\r\n=1+1?;dois;;;\r\n"
    )
    status, told = await take_in(rows.encode("cp1252"))
    assert status == 303
    assert "3 perguntas novas, 0 mudadas, 0 já estavam" in told
    before = await _questions(api)
    out = await ana.client.get(f"{path}/exportar", headers=HTML)
    assert "filename*=UTF-8''Mar%C3%A7o.csv" in out.headers["content-disposition"]
    assert "'=1+1?" in out.text
    edited = out.text.replace("Qual o preço?", "quantos  dias de FÉRIAS?")
    assert "0 perguntas novas, 0 mudadas, 3 já estavam" in (await take_in(out.text.encode()))[1]
    assert await _questions(api) == before
    # In the file's words the last row of one question counts.
    assert "0 perguntas novas, 1 mudada, 1 já estava" in (await take_in(edited.encode()))[1]

    for data, part in (
        (b"a,b\n1,2\n", "não traz “pergunta”"),
        (b"pergunta,resposta\n", "não traz nenhuma pergunta"),
        (b"PK\x03\x04\x00\x00", "não é um texto"),
        (b"pergunta,resposta\nA?,a\nB?,\n", "férias.csv, linha 3: a pergunta não diz"),
        (b"pergunta;sem resposta\nA?;talvez\n", "linha 2: “sem resposta” é “sim”"),
        (b'pergunta,resposta\n"A?,a\n', "linha 2"),
    ):
        status, told = await take_in(data)
        assert status == 422, data
        assert part in told, data
    assert (await send(ana, f"{path}/importar"))[0] == 422
    pasted = "pergunta\tdocumento\nOnde marcar?\tFérias | Portal"
    assert (await send(ana, f"{path}/importar", colado=pasted))[0] == 303
    assert "não está na coleção" not in await read(ana, path)


async def test_who_looks_after_the_base_is_told_of_a_bad_measurement(api: Api) -> None:
    ana = await sign_in(api, "Ana Conceição", Role.CURATOR)
    await sign_in(api, "Carla Nogueira", Role.AGENT)
    await publish(api.database, "As férias são de trinta dias por ano.", "Férias")
    _, path, _ = await send(ana, LIST, nome="Março", colecao="geral")
    set_id = UUID(path.rpartition("/")[2])
    await send(ana, f"{path}/perguntas", pergunta="Quantos dias de férias?", documento="Férias")
    for value, status in (("0,9", 303), ("2", 422), ("-1", 422), ("nan", 422), ("1.0", 303)):
        assert (await send(ana, f"{path}/limites", limite0=value))[0] == status, value
    assert await measure_question_set(api.database, set_id)
    assert "fora dos limites" not in await read(ana, path)
    await send(ana, f"{path}/perguntas", pergunta="E o abono?", documento="Sumido")
    for _ in range(2):
        assert await measure_question_set(api.database, set_id)
    shown = await read(ana, path)
    assert "nDCG@10: 0,500, e devia ser ao menos 1,000" in shown
    assert "abaixo do limite" in await read(ana, LIST)
    assert "O que mudou desde a medição anterior" in shown
    # Told once for as long as it stays so, to those who look after the base.
    told = await letters(api)
    assert [letter["subject"] for letter in told] == ["Uma medição ficou fora dos limites"]
    assert "“Março”" in told[0]["text"]

    async with api.database.begin() as session:
        await request_evaluation(session, SYSTEM, set_id)
        await session.execute(sa.delete(SetQuestion))
    with pytest.raises(AppError, match="não tem perguntas") as refused:
        await measure_question_set(api.database, set_id)
    failure = refused.value
    async with api.database.begin() as session:
        taken = (
            sa.update(BackgroundJob)
            .where(BackgroundJob.kind == EVALUATE)
            .values(status=BackgroundStatus.PROCESSING, worker_id=set_id, attempts=1)
        )
        job_id = await session.scalar(taken.returning(BackgroundJob.id))
        assert job_id is not None
    claimed = Claim(job_id, set_id, 1, {"kind": EVALUATE, "subject": str(set_id)})
    await record_outcome(api.database, BACKGROUND, claimed, failure)
    assert "O conjunto não tem perguntas" in await read(ana, path)
    assert "a última falhou" in await read(ana, LIST)
    subjects = [letter["subject"] for letter in await letters(api)]
    assert subjects[1:] == ["Uma medição da base falhou"]
    # Measured all the same, from the command line: the failure is past.
    async with api.database.begin() as session:
        run = await session.scalar(sa.select(EvaluationRun).limit(1))
        assert run is not None
        held = await session.get_one(QuestionSet, set_id)
        session.add(EvaluationRun(set_id=held.id, release="1", figures=run.figures, questions={}))
    assert "a última falhou" not in await read(ana, LIST)
