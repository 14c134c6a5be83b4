"""From a resolved ticket or a gap to an article of the base, through other eyes."""

from uuid import UUID

import httpx2
from api import Api
from published import publish

from cogep_assist.core.config import Settings
from cogep_assist.core.models import Role
from cogep_assist.crm_service.articles.article_approval import published_text
from cogep_assist.crm_service.articles.article_words import clean_words
from cogep_assist.rag_service.gap_grouping import group_gaps
from cogep_assist.worker_service.article_publishing import send_article

ASKED = (
    "Bom dia, equipe!\nMeu nome é Conceição Araújo de Souza, CPF 529.982.247-25, e o crachá "
    "não abre a catraca do bloco C. Meu telefone é (61) 99876-5432.\n\nAtenciosamente,\n"
    "Conceição Araújo de Souza\nMatrícula 1234567"
)
REPLIED = (
    "Olá, Conceição,\nO crachá é regravado na recepção do bloco A, das 9h às 17h, com um "
    "documento com foto. Dúvidas: joao.batista@orgao.gov.br.\n\nAbraços,\nJoão Batista"
)
HIDDEN = ("Conceição", "Araújo", "529.982.247-25", "99876", "joao.batista", "João", "1234567")


async def resolved(client: httpx2.AsyncClient) -> dict:
    customer = await client.post(
        "/crm/customers", json={"kind": "person", "name": "Conceição Araújo de Souza"}
    )
    body = {"subject": "Crachá não abre a catraca", "body": ASKED}
    made = (
        await client.post("/crm/tickets", json={**body, "customer_id": customer.json()["id"]})
    ).json()
    path = made["links"]["self"]
    await client.post(f"{path}/comments", json={"body": REPLIED})
    note = {"body": "Nota: ligar para a Conceição.", "kind": "note"}
    await client.post(f"{path}/comments", json=note)
    return made


def test_an_answer_on_the_line_of_its_greeting_stays() -> None:
    for said, left in (
        ("Olá, Ana Conceição, as férias saem em maio. Veja.", "as férias saem em maio. Veja."),
        ("Olá, as férias saem em maio.", "as férias saem em maio."),
        ("Prezados, o setor fecha às 18h.", "o setor fecha às 18h."),
        ("Boa tarde, Sra. Íris da Silva: segue o prazo.", "segue o prazo."),
        ("Bom dia a todos!\nO curso começa.", "O curso começa."),
        ("Prezada servidora Ana,\n\nSegue.", "Segue."),
        ("Olá, equipe,\r\nSegue.", "Segue."),
        ("Carta registrada custa R$ 10, e demora.", "Carta registrada custa R$ 10, e demora."),
    ):
        assert clean_words("x", "x", (said,), ()).answer == left, said


async def test_a_resolved_ticket_becomes_an_article_without_persons_and_is_published(
    api: Api, settings: Settings
) -> None:
    await publish(api.database, "O cofre fica no térreo.", "Cofre", collection="geral")
    agent, curator = await api.client(Role.AGENT), await api.client(Role.CURATOR)
    stranger = await api.client(Role.AGENT, "Carla")
    ticket = await resolved(agent)
    wanted = {"ticket_id": ticket["id"]}
    early = await agent.post("/crm/articles/from-ticket", json=wanted)
    assert early.json()["error"]["code"] == "ticket_not_resolved"
    await agent.post(f"{ticket['links']['self']}/transition", json={"status": "resolved"})
    drafted = await agent.post("/crm/articles/from-ticket", json=wanted)
    assert drafted.status_code == 201, drafted.text
    article = drafted.json()
    told = article["title"] + article["question"] + article["answer"]
    assert not [value for value in HIDDEN if value in told], told
    assert "ligar para" not in told
    assert "recepção do bloco A, das 9h às 17h" in article["answer"]
    assert article["question"].startswith("Meu nome é [PESSOA]")
    assert article["removed"]["cpf"] == 1
    path = article["links"]["self"]
    # Its author, who reviews nothing, and a stranger; then the curator, who may not skip a step.
    assert (await agent.post(f"{path}/review")).status_code == 403
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.get("/crm/articles")).json()["items"] == []
    assert (await api.anonymous().get(path)).status_code == 401
    assert (await curator.post(f"{path}/publish")).status_code == 409
    edited = await curator.patch(
        path, json={"title": "Crachá que não abre a catraca"}, headers={"If-Match": '"1"'}
    )
    assert edited.json()["revision"] == 2
    late = await agent.patch(path, json={"title": "X"}, headers={"If-Match": '"1"'})
    assert late.status_code == 412
    own = await curator.post(f"{path}/review")
    assert own.json()["error"]["code"] == "article_needs_other_eyes"
    other = await api.client(Role.CURATOR, "Débora")
    assert (await other.post(f"{path}/review")).json()["status"] == "reviewed"
    back = await other.post(f"{path}/return", json={"reason": "Falta o horário."})
    assert back.json()["status"] == "draft"
    kept = {"answer": article["answer"]}
    assert (await agent.patch(path, json=kept)).json()["status"] == "draft"
    assert (await curator.post(f"{path}/review")).json()["status"] == "reviewed"
    assert (await curator.post(f"{path}/publish")).json()["status"] == "published"
    assert (await curator.post(f"{path}/discard")).status_code == 409
    for _ in range(2):
        await send_article(api.database, settings, UUID(article["id"]))
    jobs = (await curator.get("/ingest")).json()["items"]
    assert {(job["collection"], job["title"]) for job in jobs if job["title"]} >= {
        ("geral", "Crachá que não abre a catraca")
    }


async def test_a_gap_becomes_a_ticket_and_a_draft_that_wants_an_answer(api: Api) -> None:
    await publish(api.database, "O cofre fica no térreo.", "Cofre", collection="geral", public=True)
    agent, admin = await api.client(Role.AGENT), await api.client(Role.ADMIN)
    question = "Quem pode usar o estacionamento? Meu CPF é 529.982.247-25"
    asked = await agent.post("/ask", json={"question": question, "collection": "geral"})
    assert asked.json()["abstained"]
    async with api.database.begin() as session:
        await group_gaps(session, "")
    gap = (await admin.get("/gaps")).json()["items"][0]["id"]
    opened = await admin.post("/crm/tickets/from-gap", json={"gap_id": gap})
    assert opened.status_code == 201, opened.text
    shown = (await admin.get(opened.json()["links"]["self"])).json()
    assert "529.982" not in str(shown)
    assert "estacionamento" in shown["entries"][0]["body"]
    assert shown["handover"]["gap_id"] == gap
    made = (await admin.post("/crm/articles/from-gap", json={"gap_id": gap})).json()
    assert (made["gap_id"], made["collection"], made["answer"]) == (gap, "geral", "")
    assert "529.982" not in str(made)
    path = made["links"]["self"]
    refused = await admin.post(f"{path}/review")
    assert refused.json()["error"]["code"] == "article_without_answer"
    await admin.patch(path, json={"answer": "Quem tem credencial da portaria."})
    assert (await admin.post(f"{path}/review")).status_code == 200
    assert (await admin.post(f"{path}/publish")).status_code == 200
    async with api.database.begin() as session:
        told = await published_text(session, UUID(made["id"]))
    assert told is not None
    assert told[0] == f"artigo:{made['id']}"
    assert "Quem tem credencial da portaria." in told[3]
    # Who looks after nothing learns nothing of gaps.
    for path in ("/crm/tickets/from-gap", "/crm/articles/from-gap"):
        assert (await agent.post(path, json={"gap_id": gap})).status_code == 403
        assert (await admin.post(path, json={"gap_id": made["id"]})).status_code == 404
