"""A reply draft by a model: held to the passages, cited, and extracted where the model fails."""

from api import running_api
from chat_server import chat_server
from published import publish

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import Role

LEAVE = "As férias são pedidas com trinta dias de antecedência, no sistema de pessoal."
GOOD = "As férias são pedidas com 30 dias de antecedência [1]."
FALSE = "As férias são pedidas com 90 dias de antecedência, por telefone [1]."


async def test_a_model_writes_what_the_passages_support_and_no_more(
    settings: Settings, database: Database
) -> None:
    async with chat_server() as server:
        given = {"llm_url": server.url, "llm_model": "modelo-local", "llm_provider": "own"}
        given |= {"llm_wait_seconds": 5.0}
        async with running_api(settings.model_copy(update=given), database) as api:
            await publish(database, LEAVE, "Manual de férias", public=True)
            agent = await api.client(Role.AGENT)
            body = {"subject": "Férias", "body": "Com quantos dias de antecedência peço férias?"}
            ticket = (await agent.post("/crm/tickets", json=body)).json()
            path = f"{ticket['links']['self']}/draft"

            server.says(f"{GOOD} {FALSE}")
            draft = (await agent.get(path)).json()
            assert draft["mode"] == "generative"
            assert draft["text"] == "As férias são pedidas com 30 dias de antecedência. [1]"
            (citation,) = draft["citations"]
            assert LEAVE[citation["start"] : citation["end"]] == citation["text"]
            assert citation["n"] == 1

            server.says(FALSE)
            draft = (await agent.get(path)).json()
            assert (draft["mode"], draft["text"]) == ("extractive", f"{LEAVE} [1]")
            assert draft["notice"] == "llm_nothing_supported"

        given |= {"llm_url": "http://127.0.0.1:1/v1"}
        async with running_api(settings.model_copy(update=given), database) as api:
            agent = await api.client(Role.AGENT, "outro")
            draft = (await agent.get(path)).json()
            assert (draft["mode"], draft["text"]) == ("extractive", f"{LEAVE} [1]")
            assert draft["notice"]
