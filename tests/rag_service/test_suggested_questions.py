"""Questions to begin with come of several people, and of nobody who can be as many as they like."""

from uuid import uuid4

import sqlalchemy as sa
from api import Api
from published import publish

from cogep_assist.core.models import Citation, Conversation, Role
from cogep_assist.core.principal import SYSTEM, Principal, PrincipalKind
from cogep_assist.rag_service.suggested_questions import suggested_questions

READER = Principal(PrincipalKind.USER, Role.REQUESTER, uuid4())
QUESTION = "Com quanta antecedência peço férias?"


async def test_what_visitors_repeat_is_suggested_to_nobody(api: Api) -> None:
    text = "As férias são pedidas com trinta dias de antecedência, no sistema de pessoal."
    await publish(api.database, text, "Manual de férias", public=True)
    for number in range(3):
        client = await api.client(Role.REQUESTER, f"pessoa {number}")
        asked = await client.post("/ask", json={"question": QUESTION})
        assert asked.json()["abstained"] is False
    async with api.database.begin() as session:
        assert QUESTION in await suggested_questions(session, SYSTEM)
        assert QUESTION in await suggested_questions(session, READER)
    # One source out of sight is enough: the question may speak of what only that one says.
    secret = await publish(api.database, "Há um processo.", "Dossiê", collection="reservada")
    async with api.database.begin() as session:
        cited = (await session.scalars(sa.select(Citation))).all()
        session.add_all(
            Citation(
                answer_id=one.answer_id, number=99, document_id=secret, version=1,
                chunk_id=one.chunk_id, start_offset=0, end_offset=3, quote="Há ",
            )
            for one in cited
        )  # fmt: skip
    async with api.database.begin() as session:
        assert QUESTION in await suggested_questions(session, SYSTEM)
        assert QUESTION not in await suggested_questions(session, READER)
        visits = sa.func.concat("visitor:", Conversation.id)
        await session.execute(sa.update(Conversation).values(owner=visits))
        assert QUESTION not in await suggested_questions(session, SYSTEM)
    # A file's name tells nobody what to ask.
    for title in ("Lei 8.112", "Estágio.pdf", "cracha_v2-final.docx"):
        await publish(api.database, f"O crachá é azul: {title}.", title, public=True)
    async with api.database.begin() as session:
        found = await suggested_questions(session, READER)
    assert found == [f"O que diz “{one}”?" for one in ("Estágio", "Lei 8.112", "Manual de férias")]
