"""GET /search and POST /ask."""

import asyncio
import json
import time
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from api import Api
from published import publish

from cogep_assist.core.models import (
    Answer,
    Chunk,
    Citation,
    Collection,
    Role,
)

LEAVE = (
    "As férias dos servidores são de trinta dias por ano.\n\n"
    "O adicional de férias corresponde a um terço da remuneração."
)
POINT = "O registro de ponto é eletrônico e obrigatório para todos os servidores."
SECRET = "A senha do cofre fica com a coordenadora Conceição."
QUESTION = "Quantos dias de férias têm os servidores?"


@pytest.fixture
async def base(api: Api) -> Sequence[UUID]:
    """A base of three documents, the last of them internal."""
    return [
        await publish(api.database, LEAVE, "Guia de férias", collection="publica", public=True),
        await publish(api.database, POINT, "Norma de ponto", collection="publica", public=True),
        await publish(api.database, SECRET, "Cofre", collection="interna"),
    ]


async def stored(api: Api, model: type) -> int:
    async with api.database.begin() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


async def test_finds_passages_with_their_place(api: Api, base: Sequence[UUID]) -> None:
    ana = await api.client(Role.AGENT)
    reply = await ana.get("/search", params={"q": "adicional de ferias", "k": 2})
    body = reply.json()
    assert (reply.status_code, body["query"]) == (200, "adicional de ferias")
    assert isinstance(body["took_ms"], int)
    first = body["results"][0]
    assert set(first) >= {
        "chunk_id", "document_id", "title", "uri", "heading", "page", "text", "start", "end",
        "score",
    }  # fmt: skip
    assert first["document_id"] == str(base[0])
    text = (await ana.get(f"/documents/{base[0]}/versions/{first['version']}/text")).text
    assert first["text"] == text[first["start"] : first["end"]]


async def test_answers_with_literal_citations(api: Api, base: Sequence[UUID]) -> None:
    ana = await api.client(Role.AGENT)
    reply = await ana.post("/ask", json={"question": QUESTION})
    body = reply.json()
    assert reply.status_code == 200, body
    assert body["abstained"] is False
    assert body["mode"] == "extractive"
    assert "trinta dias" in body["answer"]
    assert body["sentences"]
    for citation in body["citations"]:
        text = (
            await ana.get(
                f"/documents/{citation['document_id']}/versions/{citation['version']}/text"
            )
        ).text
        assert citation["quote"] == text[citation["start"] : citation["end"]]
    numbers = [citation["n"] for citation in body["citations"]]
    assert {n for s in body["sentences"] for n in s["citations"]} == set(numbers)
    assert await stored(api, Citation) == len(numbers)


async def test_abstains_and_shows_what_is_near(api: Api, base: Sequence[UUID]) -> None:
    ana = await api.client(Role.AGENT)
    body = (await ana.post("/ask", json={"question": "xilofone quântico zumbi?"})).json()
    assert body["abstained"] is True
    assert body["sentences"] == body["citations"] == []
    assert "Nenhum documento fala de “xilofone”, “quântico” nem de “zumbi”." in body["answer"]
    unknown = ["xilofone", "quântico", "zumbi"]
    nobody = {"unknown": unknown, "elsewhere": [], "replaced": [], "suggestion": None}
    nobody |= {"instead": [], "unanswered": []}
    assert body["lacking"] == nobody
    other = (
        await ana.post("/ask", json={"question": "Quantos dias de férias têm os estagiários?"})
    ).json()
    assert other["abstained"] is True
    assert "Os documentos falam de “servidores”, não de “estagiários”. Tente" in other["answer"]
    half = await ana.post("/ask", json={"question": f"{QUESTION[:-1]} e quem afina o xilofone?"})
    partial = half.json()
    assert "trinta dias" in partial["answer"]
    assert partial["lacking"]["unanswered"] == ["quem afina o xilofone"]
    assert partial["notice"]["code"] == "answer_partial"
    assert "não encontrei resposta para “quem afina o xilofone”" in partial["notice"]["message"]
    empty = await api.client(Role.AGENT, "vazia")
    nothing = (await empty.post("/ask", json={"question": "?!"})).json()
    assert nothing["abstained"] is True
    assert await stored(api, Answer) == 4


async def test_what_was_near_is_told_again_while_it_may_be_read(
    api: Api, base: Sequence[UUID]
) -> None:
    ana = await api.client(Role.AGENT)
    asked = {"question": "Qual o xilofone quântico zumbi do adicional de Plutão?"}
    once = {"Idempotency-Key": "perto"}
    first = (await ana.post("/ask", json=asked, headers=once)).json()
    assert first["abstained"]
    assert first["closest"]
    again = (await ana.post("/ask", json=asked, headers=once)).json()
    assert (again["id"], again["closest"]) == (first["id"], first["closest"])
    place = f"/conversations/{first['conversation_id']}"
    turn = (await ana.get(place)).json()["turns"][0]["answer"]
    assert turn["closest"] == first["closest"]
    assert "veja os documentos mais próximos" in turn["answer"]
    near = [UUID(one["document_id"]) for one in first["closest"]]
    async with api.database.begin() as session:
        await session.execute(sa.delete(Chunk).where(Chunk.document_id.in_(near)))
    turn = (await ana.get(place)).json()["turns"][0]["answer"]
    assert turn["closest"] == []
    assert "mais próximos" not in turn["answer"]


async def test_needs_a_login(api: Api) -> None:
    assert (await api.anonymous().get("/search", params={"q": "x"})).status_code == 401
    assert (await api.anonymous().post("/ask", json={"question": "x"})).status_code == 401


async def test_a_requester_is_told_only_what_is_public(api: Api, base: Sequence[UUID]) -> None:
    carla = await api.client(Role.REQUESTER)
    found = (await carla.get("/search", params={"q": "senha do cofre Conceição"})).json()
    assert str(base[2]) not in {hit["document_id"] for hit in found["results"]}
    told = await carla.post("/ask", json={"question": "Com quem fica a senha do cofre?"})
    assert "Conceição" not in told.text
    for reply in (
        await carla.get("/search", params={"q": "senha", "collection": "interna"}),
        await carla.post("/ask", json={"question": "senha?", "collection": "interna"}),
    ):
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "collection_not_found")
    ana = await api.client(Role.AGENT)
    assert (
        "Conceição"
        in (await ana.post("/ask", json={"question": "Com quem fica a senha do cofre?"})).json()[
            "answer"
        ]
    )


async def test_a_temporary_collection_is_asked_only_by_name(api: Api, base: Sequence[UUID]) -> None:
    ana = await api.client(Role.AGENT)
    await publish(api.database, "Xaxim é uma samambaia da mata.", "Flora", collection="avaliacao")
    async with api.database.begin() as session:
        await session.execute(
            sa.update(Collection)
            .where(Collection.name == "avaliacao")
            .values(expires_at=sa.text("now() + interval '1 hour'"))
        )
    assert (await ana.get("/search", params={"q": "xaxim"})).json()["results"] == []
    named = await ana.get("/search", params={"q": "xaxim", "collection": "avaliacao"})
    assert len(named.json()["results"]) == 1


BAD_SEARCHES = [
    {},
    {"q": ""},
    {"q": "  "},
    {"q": "x" * 10_001},
    {"q": "x", "k": 0},
    {"q": "x", "k": 101},
    {"q": "x", "k": "dez"},
    {"q": "x", "collection": "c" * 65},
]


async def test_bad_searches(api: Api) -> None:
    ana = await api.client(Role.AGENT)
    for params in BAD_SEARCHES:
        reply = await ana.get("/search", params=params)
        refusal = (reply.status_code, reply.json()["error"]["code"])
        assert refusal == (422, "request_invalid"), params


STRANGE_SEARCHES = ["?!", "\x00", "de a o", "x" * 9_999, "'; DROP TABLE", "🙂", "%"]


async def test_strange_searches_are_no_errors(api: Api, base: Sequence[UUID]) -> None:
    ana = await api.client(Role.AGENT)
    for q in STRANGE_SEARCHES:
        assert (await ana.get("/search", params={"q": q})).status_code == 200, q


BAD_QUESTIONS = [
    {},
    {"question": ""},
    {"question": "   "},
    {"question": "x" * 4001},
    {"question": "nulo\x00"},
    {"question": None},
    {"question": "x", "conversation_id": "1"},
    {"question": "x", "stream": "talvez"},
    {"question": "x", "pergunta": "y"},
]
# As languages write them that cannot leave a field out.
NOTHINGS: list[dict[str, str | None]] = [
    {"collection": None, "conversation_id": None, "stream": None},
    {"collection": "", "conversation_id": ""},
]


async def test_a_field_of_nothing_is_as_good_as_none(api: Api, base: Sequence[UUID]) -> None:
    ana = await api.client(Role.AGENT)
    question = {"question": "Quantos dias de férias por ano?"}
    plain = (await ana.post("/ask", json=question)).json()
    for nothing in NOTHINGS:
        reply = await ana.post("/ask", json=question | nothing)
        assert (reply.status_code, reply.json()["answer"]) == (200, plain["answer"]), nothing
    found = await ana.get("/search", params={"q": "férias", "collection": ""})
    assert found.json()["results"] == (await ana.get("/search?q=férias")).json()["results"]


async def test_bad_questions_store_nothing(api: Api) -> None:
    ana = await api.client(Role.AGENT)
    for body in BAD_QUESTIONS:
        reply = await ana.post("/ask", json=body)
        assert (reply.status_code, reply.json()["error"]["code"]) == (422, "request_invalid"), body
        assert await stored(api, Answer) == 0, body


async def test_a_conversation_belongs_to_who_began_it(api: Api, base: Sequence[UUID]) -> None:
    ana, bruno = await api.client(Role.AGENT, "Ana"), await api.client(Role.AGENT, "Bruno")
    first = (await ana.post("/ask", json={"question": QUESTION})).json()
    again = {"question": QUESTION, "conversation_id": first["conversation_id"]}
    assert (await ana.post("/ask", json=again)).json()["conversation_id"] == (
        first["conversation_id"]
    )
    for body in (again, {**again, "conversation_id": str(uuid4())}):
        reply = await bruno.post("/ask", json=body)
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "conversation_not_found")
    assert await stored(api, Answer) == 2


async def test_streams_sources_then_pieces_then_the_whole(api: Api, base: Sequence[UUID]) -> None:
    ana = await api.client(Role.AGENT)
    reply = await ana.post("/ask", json={"question": QUESTION, "stream": True})
    assert reply.headers["content-type"].startswith("text/event-stream")
    events = [
        (block.split("\n")[0].removeprefix("event: "), json.loads(block.split("\ndata: ")[1]))
        for block in reply.text.strip().split("\n\n")
    ]
    names = [name for name, _ in events]
    assert (names[0], names[-1]) == ("sources", "done")
    assert set(names[1:-1]) == {"delta"}
    whole = events[-1][1]
    assert "".join(data["text"] for name, data in events if name == "delta") == whole["answer"]
    assert events[0][1]["citations"] == whole["citations"]
    bad = await ana.post("/ask", json={"question": " ", "stream": True})
    assert bad.status_code == 422


async def test_a_repeated_question_under_a_key_is_answered_once(
    api: Api, base: Sequence[UUID]
) -> None:
    ana = await api.client(Role.AGENT)
    headers = {"Idempotency-Key": "pergunta-1"}
    replies = await asyncio.gather(
        *(ana.post("/ask", json={"question": QUESTION}, headers=headers) for _ in range(5))
    )
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.text for reply in replies}) == 1
    assert await stored(api, Answer) == 1
    other = await ana.post("/ask", json={"question": "Outra?"}, headers=headers)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_key_reused")


async def test_a_removed_document_is_gone_from_the_next_answer(
    api: Api, base: Sequence[UUID]
) -> None:
    ana = await api.client(Role.CURATOR)
    headers = {"Idempotency-Key": "antes"}
    before = (await ana.post("/ask", json={"question": QUESTION}, headers=headers)).json()
    assert "trinta dias" in before["answer"]
    assert (await ana.delete(f"/documents/{base[0]}")).status_code == 204
    after = await ana.post("/ask", json={"question": QUESTION})
    assert "trinta" not in after.text
    assert str(base[0]) not in after.text
    assert str(base[0]) not in (await ana.get("/search", params={"q": "férias"})).text
    # The first answer, told again, no longer quotes what was removed.
    again = await ana.post("/ask", json={"question": QUESTION}, headers=headers)
    assert again.status_code == 200
    assert "trinta" not in again.text
    assert again.json()["answer"]
    async with api.database.begin() as session:
        of_removed = sa.select(Citation.quote).where(Citation.document_id == base[0])
        assert set(await session.scalars(of_removed)) == {""}


async def test_no_quote_survives_a_removal_at_the_same_time(api: Api, base: Sequence[UUID]) -> None:
    """Questions and the removal race: whatever was stored first is blanked, never left behind."""
    ana = await api.client(Role.CURATOR)
    asking = [asyncio.create_task(ana.post("/ask", json={"question": QUESTION})) for _ in range(12)]
    await asyncio.sleep(0.05)
    removed = await ana.delete(f"/documents/{base[0]}")
    replies = await asyncio.gather(*asking)
    assert removed.status_code == 204
    assert {reply.status_code for reply in replies} == {200}
    async with api.database.begin() as session:
        quotes = set(
            await session.scalars(sa.select(Citation.quote).where(Citation.document_id == base[0]))
        )
        sentences = [
            sentence["text"]
            for answer in await session.scalars(sa.select(Answer))
            for sentence in answer.sentences
        ]
    assert quotes <= {""}
    assert not any("trinta" in text for text in sentences)


async def test_a_question_of_blanks_is_answered_as_without_them(
    api: Api, base: Sequence[UUID]
) -> None:
    ana = await api.client(Role.AGENT)
    question = f"Quantos dias  de férias{' ' * 3_900}têm os\n\n\n\nservidores?"
    began = time.process_time()

    body = (await ana.post("/ask", json={"question": question})).json()

    assert time.process_time() - began < 5
    assert "trinta dias" in body["answer"]
    async with api.database.begin() as session:
        kept = (await session.scalars(sa.select(Answer.question))).all()
    assert kept == ["Quantos dias de férias têm os\n\nservidores?"]
