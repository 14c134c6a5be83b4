"""Questions to begin with come of several people, and of nobody who can be as many as they like."""

import sqlalchemy as sa
from api import Api
from published import publish

from cogep_assist.core.models import Conversation, Role
from cogep_assist.core.principal import SYSTEM
from cogep_assist.rag_service.suggested_questions import suggested_questions

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
        visits = sa.func.concat("visitor:", Conversation.id)
        await session.execute(sa.update(Conversation).values(owner=visits))
        assert QUESTION not in await suggested_questions(session, SYSTEM)
