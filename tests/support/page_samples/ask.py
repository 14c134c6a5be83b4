"""Questions, an answer and the source that it cites."""

from published import publish

from cogep_assist.core.db import Database
from cogep_assist.core.models import Role
from cogep_assist.core.principal import Principal
from cogep_assist.rag_service.ask_stream import whole_answer
from page_samples import Sample

LEAVE = (
    "As férias dos servidores são de trinta dias por ano.\n\n"
    "O adicional de férias corresponde a um terço da remuneração.\n\n"
    "O pedido de férias é feito com trinta dias de antecedência."
)
PAGES = [
    Sample("/perguntar", "/perguntar", Role.REQUESTER),
    Sample("/respostas/{answer_id}", "/respostas/{answer}", Role.REQUESTER, "resposta"),
    Sample("/respostas/{answer_id}", "/respostas/{abstained}", Role.REQUESTER, "abstencao"),
    Sample("/conversas", "/conversas", Role.REQUESTER),
    Sample("/conversas/{conversation_id}", "/conversas/{conversation}", Role.REQUESTER, "conversa"),
    Sample(
        "/respostas/{answer_id}/chamado",
        "/respostas/{abstained}/chamado",
        Role.REQUESTER,
        "chamado-da-resposta",
    ),
    Sample("/falar-com-uma-pessoa", "/falar-com-uma-pessoa", Role.REQUESTER),
    Sample("/chamado-aberto/{protocol}", "/chamado-aberto/2026.000001-0", Role.REQUESTER),
    Sample(
        "/documentos/{document_id}/versoes/{number}",
        "/documentos/{document}/versoes/1?inicio=0&fim=52",
        name="fonte",
    ),
]


async def prepare(database: Database, people: dict[Role, Principal]) -> dict[str, str]:
    document = await publish(database, LEAVE, "Guia de férias", public=True)
    asked = people[Role.REQUESTER]
    answer = await whole_answer(database, asked, "Quantos dias de férias têm os servidores?")
    none = await whole_answer(database, asked, "Qual é a capital da Mongólia?")
    await whole_answer(database, asked, "E o adicional?", conversation_id=answer.conversation_id)
    return {
        "document": str(document),
        "answer": str(answer.id),
        "abstained": str(none.id),
        "conversation": str(answer.conversation_id),
    }
