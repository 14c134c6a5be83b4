"""Greetings, thanks and the like are answered at once, and missing from no document."""

from collections import Counter

import sqlalchemy as sa
from api import Api
from published import publish

from cogep_assist.core.models import Answer, AutomatedDecision, Courtesy, Gap, GapAsk, Role
from cogep_assist.rag_service.courtesy import REPLIES, courtesy_of, without_courtesy
from cogep_assist.rag_service.gap_grouping import group_gaps

SAID = {
    Courtesy.GREETING: ("oi", "Oiiii!!", "Olá, tudo bem?", "Bom dia, pessoal", "👋"),
    Courtesy.THANKS: ("obrigado", "Muito obrigada pela ajuda!", "Valeu, tchau", "ok, grato"),
    Courtesy.FAREWELL: ("Até logo", "tchau", "bom fim de semana"),
    Courtesy.ACKNOWLEDGEMENT: ("ok", "Entendi.", "era só isso", "👍"),
    Courtesy.ABOUT: ("Quem é você?", "você é um robô?", "Oi, preciso de ajuda"),
    Courtesy.PERSON: ("Quero falar com um atendente", "boa tarde, falar com uma pessoa por favor"),
    Courtesy.UNCLEAR: ("???", "...", "E agora?", "o que eu faço?", "¿?", "-" * 900),
}
ASKED = (
    "Bom dia! Quantos dias de férias?", "Como falo com um atendente?", "férias", "Qual o prazo?",
    "quem é o diretor?", "o que é abono?", "obrigações do servidor", "oi" * 100, "e o boleto?",
)  # fmt: skip
UNWRAPPED = {
    "Oi, bom dia! Quantos dias eu tenho? Obrigada!": "Quantos dias eu tenho?",
    "oi quantos dias eu tenho obrigado": "Quantos dias eu tenho",
    "Tenho uma dúvida: como peço férias?": "Como peço férias?",
    "Obrigado, e o prazo?": "E o prazo?",
    "Certo, e o prazo?": "Certo, e o prazo?",
    "Como está o processo?": "Como está o processo?",
    "Vale R$ 1.130,00?": "Vale R$ 1.130,00?",
    "oi": "oi",
    "?!": "?!",
}


def test_courtesy_is_told_from_questions() -> None:
    for kind, texts in SAID.items():
        assert [courtesy_of(text) for text in texts] == [kind] * len(texts)
    assert [courtesy_of(text) for text in ASKED] == [None] * len(ASKED)
    assert {text: without_courtesy(text) for text in UNWRAPPED} == UNWRAPPED
    assert REPLIES.keys() == set(Courtesy)


async def test_small_talk_is_answered_and_counts_as_nothing(api: Api) -> None:
    await publish(api.database, "As férias são de trinta dias por ano.", "Férias", collection="rh")
    ana = await api.client(Role.AGENT)

    async def say(text: str, conversation: str | None) -> dict:
        asked = {"question": text, "conversation_id": conversation}
        return (await ana.post("/ask", json=asked)).json()

    first = await say("oi", None)
    assert (first["courtesy"], first["abstained"], first["citations"]) == ("greeting", False, [])
    assert (first["answer"], first["closest"]) == (REPLIES[Courtesy.GREETING], [])
    talk = first["conversation_id"]
    answered = await say("Bom dia! Quantos dias de férias por ano? Obrigado!", talk)
    assert "trinta dias" in answered["answer"]
    assert (await say("valeu!", talk))["courtesy"] == "thanks"
    # It leans on what was asked, past the thanks.
    assert (await say("E agora?", talk))["resolved_question"] == ("O que fazer depois (férias)?")
    unclear = await say("???", None)
    assert (unclear["courtesy"], unclear["abstained"], unclear["closest"]) == ("unclear", True, [])
    assert unclear["answer"] == REPLIES[Courtesy.UNCLEAR]
    told = (await ana.get("/conversations")).json()["items"]
    assert (
        Counter(one["title"] for one in told)["Bom dia! Quantos dias de férias por ano? Obrigado!"]
        == 1
    )
    streamed = await ana.post("/ask", json={"question": "oi", "stream": True})
    assert REPLIES[Courtesy.GREETING] in streamed.text
    chat = {"model": "cogep", "messages": [{"role": "user", "content": "obrigado"}]}
    reply = (await ana.post("/v1/chat/completions", json=chat)).json()
    assert reply["choices"][0]["message"]["content"] == REPLIES[Courtesy.THANKS]
    down = {"rating": "down", "reasons": ["wrong"]}
    assert (await ana.post(f"/ask/{first['id']}/feedback", json=down)).status_code == 200
    async with api.database.begin() as session:
        await group_gaps(session, "")
        missing = await session.scalars(
            sa.select(Answer.courtesy).join(GapAsk, GapAsk.answer_id == Answer.id)
        )
        assert set(missing) <= {None}
        assert await session.scalar(sa.select(sa.func.count()).select_from(Gap)) == 0
        assert await session.scalar(sa.select(sa.func.count()).select_from(AutomatedDecision)) == 0
