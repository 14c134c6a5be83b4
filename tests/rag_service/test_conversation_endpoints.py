"""Conversations and feedback: one's own, and nobody else's."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from api import Api
from httpx2 import AsyncClient
from published import publish

from cogep_assist.core.audit_verify import verify_audit
from cogep_assist.core.models import (
    Answer,
    AnswerFeedback,
    AuditEvent,
    Citation,
    Conversation,
    OutboxMessage,
    RetentionFate,
    RetentionRule,
    Role,
)
from cogep_assist.core.outbox import post
from cogep_assist.rag_service import conversations
from cogep_assist.rag_service.conversations import forget_conversations

CRECHE = "O auxílio-creche é pedido no portal. O prazo do auxílio-creche é de trinta dias."
QUESTION = "Como pedir o auxílio-creche?"


@pytest.fixture
async def base(api: Api) -> None:
    await publish(api.database, CRECHE, "Auxílio-creche", public=True)
    await publish(api.database, "A biblioteca abre às oito horas.", "Biblioteca", public=True)


async def count(api: Api, model: type) -> int:
    async with api.database.begin() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


async def ask(client: AsyncClient, question: str, conversation: str | None = None) -> dict:
    body = {"question": question, "conversation_id": conversation}
    reply = await client.post("/ask", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_a_follow_up_is_answered_by_what_it_leaves_out(api: Api, base: None) -> None:
    ana = await api.client(Role.REQUESTER, "Ana Conceição")
    first = await ask(ana, QUESTION)
    assert first["resolved_question"] is None
    second = await ask(ana, "e o prazo?", first["conversation_id"])
    assert second["resolved_question"] == "O prazo (auxílio-creche)?"
    assert "trinta dias" in second["answer"]
    alone = await ask(ana, "Que horas abre a biblioteca?", first["conversation_id"])
    assert alone["resolved_question"] is None
    assert "oito horas" in alone["answer"]
    assert (await ask(ana, "e o prazo?"))["resolved_question"] is None


async def test_what_was_carried_over_goes_with_the_document(api: Api) -> None:
    document = await publish(api.database, "A reitora é Maria da Conceição Araújo.", "Reitoria")
    await publish(api.database, "O telefone da reitora é 3899-1000.", "Telefones")
    bruno = await api.client(Role.CURATOR, "Bruno Araújo")
    first = await ask(bruno, "Quem é a reitora?")
    told = await ask(bruno, "Qual o telefone dela?", first["conversation_id"])
    assert "Maria da Conceição" in told["resolved_question"]
    assert (await bruno.delete(f"/documents/{document}")).status_code == 204
    async with api.database.begin() as session:
        assert set(await session.scalars(sa.select(Answer.resolved_question))) == {None}


async def test_lists_reads_and_deletes_ones_own(api: Api, base: None) -> None:
    ana = await api.client(Role.REQUESTER, "Ana")
    first = await ask(ana, QUESTION)
    await ask(ana, "e o prazo?", first["conversation_id"])
    other = await ask(ana, "Que horas abre a biblioteca?")
    page = (await ana.get("/conversations", params={"limit": 1})).json()
    assert [item["id"] for item in page["items"]] == [other["conversation_id"]]
    rest = await ana.get("/conversations", params={"cursor": page["next_cursor"]})
    (item,) = rest.json()["items"]
    assert (item["title"], item["questions"]) == (QUESTION, 2)
    whole = (await ana.get(f"/conversations/{item['id']}")).json()
    assert [turn["question"] for turn in whole["turns"]] == [QUESTION, "e o prazo?"]
    assert whole["turns"][1]["answer"]["citations"]
    gone = await ana.delete(f"/conversations/{item['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await ana.get(f"/conversations/{item['id']}")).status_code == 404
    assert (await ana.delete(f"/conversations/{item['id']}")).status_code == 404
    assert await count(api, Conversation) == await count(api, Answer) == 1
    assert await count(api, Citation) <= 3


async def test_strangers_find_nothing(api: Api, base: None) -> None:
    ana, carla = await api.client(Role.REQUESTER, "Ana"), await api.client(Role.ADMIN, "Carla")
    asked = await ask(ana, QUESTION)
    path = f"/conversations/{asked['conversation_id']}"
    for reply in (await carla.get(path), await carla.delete(path)):
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "conversation_not_found")
    assert (await carla.get("/conversations")).json()["items"] == []
    rated = await carla.post(f"/ask/{asked['id']}/feedback", json={"rating": "up"})
    assert (rated.status_code, rated.json()["error"]["code"]) == (404, "answer_not_found")
    assert (await ana.get(path)).status_code == 200
    assert await count(api, AnswerFeedback) == 0


async def test_the_last_word_on_an_answer_counts(api: Api, base: None) -> None:
    ana = await api.client(Role.REQUESTER, "Ana")
    asked = await ask(ana, QUESTION)
    path = f"/ask/{asked['id']}/feedback"
    down = {
        "rating": "down",
        "reasons": ["wrong_source", "outdated", "outdated"],
        "comment": " João da Silva diz que mudou em março. ",
    }
    reply = await ana.post(path, json=down, headers={"Idempotency-Key": "avaliacao-1"})
    assert (reply.status_code, reply.json()["reasons"]) == (200, ["outdated", "wrong_source"])
    assert reply.json()["comment"] == "João da Silva diz que mudou em março."
    again = await ana.post(path, json=down, headers={"Idempotency-Key": "avaliacao-1"})
    assert again.json() == reply.json()
    whole = (await ana.get(f"/conversations/{asked['conversation_id']}")).json()
    assert whole["turns"][0]["feedback"]["rating"] == "down"
    up = (await ana.post(path, json={"rating": "up"})).json()
    assert (up["rating"], up["reasons"], up["comment"]) == ("up", [], None)
    assert await count(api, AnswerFeedback) == 1
    carla = await api.client(Role.REQUESTER, "Carla")
    refused = await carla.delete(path)
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "answer_not_found")
    for _ in range(2):
        assert (await ana.delete(path)).status_code == 204
    assert await count(api, AnswerFeedback) == 0
    whole = (await ana.get(f"/conversations/{asked['conversation_id']}")).json()
    assert whole["turns"][0]["feedback"] is None
    async with api.database.begin() as session:
        acts = (
            await session.scalars(
                sa.select(AuditEvent)
                .where(AuditEvent.act == "answer_rated")
                .order_by(AuditEvent.id)
            )
        ).all()
        assert [act.details["rating"] for act in acts] == ["down", "up"]
        assert "João" not in str([act.details for act in acts])
    assert verify_audit(api.database.url, {}).intact


BAD_FEEDBACK = [
    {},
    {"rating": "meh"},
    {"rating": "up", "reasons": ["wrong"]},
    {"rating": "down", "reasons": ["feio"]},
    {"rating": "down", "reasons": ["wrong"] * 5},
    {"rating": "down", "comment": "x" * 2001},
    {"rating": "down", "comment": "nulo\x00"},
    {"rating": "down", "nota": 1},
]


async def test_bad_feedback_is_not_kept(api: Api, base: None) -> None:
    ana = await api.client(Role.REQUESTER, "Ana")
    asked = await ask(ana, QUESTION)
    for body in BAD_FEEDBACK:
        reply = await ana.post(f"/ask/{asked['id']}/feedback", json=body)
        assert (reply.status_code, reply.json()["error"]["code"]) == (422, "request_invalid"), body
        assert await count(api, AnswerFeedback) == 0, body


async def test_needs_a_login_and_something_that_is_there(api: Api) -> None:
    ana, nobody = await api.client(Role.REQUESTER, "Ana"), api.anonymous()
    for method, path, body in (
        ("GET", "/conversations", None),
        ("GET", f"/conversations/{uuid4()}", None),
        ("DELETE", f"/conversations/{uuid4()}", None),
        ("POST", f"/ask/{uuid4()}/feedback", {"rating": "up"}),
    ):
        assert (await nobody.request(method, path, json=body)).status_code == 401
        if path != "/conversations":
            assert (await ana.request(method, path, json=body)).status_code == 404


async def test_old_conversations_are_forgotten(
    api: Api, base: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "FORGET_BATCH", 1)
    ana = await api.client(Role.REQUESTER, "Ana")
    asked = [await ask(ana, QUESTION) for _ in range(3)]
    async with api.database.begin() as session:
        await session.execute(
            sa.update(Conversation)
            .where(Conversation.id != asked[2]["conversation_id"])
            .values(updated_at=sa.func.now() - sa.literal(timedelta(days=181)))
        )
    for left in (2, 1, 1):
        async with api.database.begin() as session:
            await forget_conversations(session, "")
        assert await count(api, Conversation) == left
    assert await count(api, Answer) == 1
    async with api.database.begin() as session:
        told = sa.select(AuditEvent.details).where(AuditEvent.act == "conversations_forgotten")
        assert (await session.scalars(told)).all() == [{"count": 1, "days": 180}] * 2


async def test_a_person_is_told_the_term_that_holds(api: Api) -> None:
    rule = {"data_class": "conversations", "fate": RetentionFate.ELIMINATE, "reference": "art. 16"}
    for days, enabled, told in ((30, False, 180), (30, True, 30), (400, True, 180)):
        async with api.database.begin() as session:
            held = RetentionRule(**rule, days=days, enabled=enabled, changed_by="system")
            await session.merge(held)
            await session.flush()
            assert await conversations.days_kept(session) == told


async def test_what_waits_to_be_told_of_a_question_goes_with_it(api: Api, base: None) -> None:
    """A webhook that is paused would else tell of it, in its words, once it is gone."""
    ana = await api.client(Role.REQUESTER, "Ana")
    kept, gone = await ask(ana, QUESTION), await ask(ana, QUESTION)
    rated = {"rating": "down", "reasons": ["wrong"], "comment": "Falta o prazo."}
    await ana.post(f"/ask/{gone['id']}/feedback", json=rated)
    asked = [("question.answered", kept["conversation_id"]), ("ticket.created", kept["id"])]
    asked += [("question.answered", gone["conversation_id"]), ("question.rated", gone["id"])]
    async with api.database.begin() as session:
        for event, key in asked:
            await post(session, "webhook", f"webhook:{uuid4()}:{key}", {}, event=event)
    await ana.delete(f"/conversations/{gone['conversation_id']}")
    async with api.database.begin() as session:
        left = (await session.scalars(sa.select(OutboxMessage.event))).all()
    assert sorted(left) == ["question.answered", "ticket.created"]
