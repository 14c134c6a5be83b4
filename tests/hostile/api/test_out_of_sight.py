"""What one may not see, or may see no longer, is told by none of what points to it."""

from uuid import UUID

import httpx2
import sqlalchemy as sa
from api import Api
from browser_session import HTML
from published import publish
from signed_in import Person, sign_in

from cogep_assist.core.access_teams import create_team
from cogep_assist.core.models import (
    Collection,
    IngestionJob,
    JobStatus,
    Role,
    SourceKind,
    Ticket,
    Visibility,
)
from cogep_assist.core.principal import SYSTEM
from cogep_assist.core.ticket_proof import proof_of
from cogep_assist.ingestion_service.collections import set_visibility

TEXT = "O cofre da sede fica na sala Xilopago, no térreo."
TITLE = "Dossiê do cofre"
QUESTION = "Onde fica o cofre da sede?"
SECRETS = ("Xilopago", TITLE)


def tells(*replies: httpx2.Response) -> bool:
    """Whether any of the replies, which all are fine, tells of the document."""
    assert all(reply.status_code < 300 for reply in replies), [reply.text for reply in replies]
    return any(secret in reply.text for reply in replies for secret in SECRETS)


async def written(agent: Person, ticket: str, document: UUID) -> None:
    """Write a reply on a ticket that cites the document."""
    form = {"tipo": "resposta", "texto": "Veja a fonte.", "fonte": f"{document}:1:0:{len(TEXT)}"}
    reply = await agent.client.post(f"/chamados/{ticket}/escrever", data=form, headers=HTML)
    assert reply.status_code == 303, reply.text


async def test_a_source_is_told_to_those_alone_who_may_read_it_now(api: Api) -> None:
    document = await publish(api.database, TEXT, TITLE, collection="sigilosos")
    ana = await sign_in(api, "Ana Conceição", Role.REQUESTER)
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT)
    davi = await sign_in(api, "Davi Prado", Role.AGENT)
    admin = await api.client(Role.ADMIN)
    asked = (await bruno.client.post("/ask", json={"question": QUESTION})).json()
    assert "Xilopago" in asked["answer"]
    opened = await bruno.client.post("/crm/tickets/from-answer", json={"answer_id": asked["id"]})
    handed = opened.json()["links"]["self"]
    mine = {"subject": "Cofre", "body": "Onde fica?"}
    own = (await ana.client.post("/crm/tickets", json=mine)).json()
    ticket = own["links"]["self"]
    await written(bruno, own["id"], document)
    tagged = {"tags": ["insistente"], "queue": own["queue"]}
    assert (await bruno.client.patch(ticket, json=tagged)).status_code == 200
    assert (await bruno.client.post(f"{ticket}/claim")).status_code == 200

    async def of_the_person() -> list[httpx2.Response]:
        proof = {"protocol": own["protocol"], "proof": proof_of(own["protocol"])}
        code = {"protocolo": proof["protocol"], "codigo": proof["proof"]}
        nobody = api.anonymous()
        return [
            await ana.client.get(ticket),
            await ana.client.get("/crm/tickets"),
            await ana.client.get(f"/chamados/{own['id']}", headers=HTML),
            await nobody.post("/crm/tickets/status", json=proof),
            await nobody.post("/acompanhar", data=code, headers=HTML),
        ]

    async def of_the_desk(person: Person) -> list[httpx2.Response]:
        return [
            await person.client.get(ticket),
            await person.client.get(handed),
            await person.client.get(f"/chamados/{own['id']}", headers=HTML),
            await person.client.get(handed.replace("/crm/tickets", "/chamados"), headers=HTML),
        ]

    conversation = f"/conversations/{asked['conversation_id']}"
    own_answer = (f"/respostas/{asked['id']}", f"/conversas/{asked['conversation_id']}")

    async def of_the_asker() -> list[httpx2.Response]:
        pages = [await bruno.client.get(path, headers=HTML) for path in own_answer]
        return [await bruno.client.get(conversation), *pages]

    # An internal document: the desk's alone, whatever a reply cites.
    replies = await of_the_person()
    assert not tells(*replies)
    for reply in replies:
        # Neither who attends nor how the desk sorts it, and no account's id.
        for trace in ("Bruno", "insistente", str(bruno.id), "user:"):
            assert trace not in reply.text, (reply.url, trace)
    for asked_for in ({"tag": "insistente"}, {"assignee": str(bruno.id)}, {"assignee": "none"}):
        guess = await ana.client.get("/crm/tickets", params=asked_for)
        assert guess.status_code == 403, asked_for
    for reply in (*await of_the_desk(bruno), *await of_the_desk(davi), *await of_the_asker()):
        assert tells(reply), reply.url
    # A team's from now on: out of sight for whoever is not in it.
    await closed_to_all_but_a_team(api)
    assert not tells(*await of_the_desk(bruno), *await of_the_desk(davi), *await of_the_asker())
    assert not tells(*await of_the_person())
    assert tells(await admin.get(ticket))
    assert tells(await admin.get(handed))


async def test_hand_overs_of_old_tell_no_more_than_those_of_today(api: Api) -> None:
    """Their turns name no documents, as all did before the quote went with the right to read."""
    await publish(api.database, TEXT, TITLE, collection="sigilosos")
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT)
    davi = await sign_in(api, "Davi Prado", Role.AGENT)
    asked = (await bruno.client.post("/ask", json={"question": QUESTION})).json()
    unknown = {
        "question": "Qual é o ramal do almoxarifado central de Cabrobó?",
        "conversation_id": asked["conversation_id"],
    }
    nothing = (await bruno.client.post("/ask", json=unknown)).json()
    assert (asked["abstained"], nothing["abstained"]) == (False, True)
    # One ends with the answer itself, one with an abstention, which leant on nothing.
    handed = []
    for answer in (asked, nothing):
        body = {"answer_id": answer["id"]}
        opened = await bruno.client.post("/crm/tickets/from-answer", json=body)
        handed.append(opened.json()["links"]["self"])
    async with api.database.begin() as session:
        for ticket in await session.scalars(sa.select(Ticket)):
            turns = [
                {name: told for name, told in turn.items() if name != "documents"}
                for turn in ticket.handover["turns"]
            ]
            ticket.handover = {**ticket.handover, "turns": turns}
    assert tells(await davi.client.get(handed[0]))
    await closed_to_all_but_a_team(api)
    for ticket in handed:
        page = await davi.client.get(ticket.replace("/crm/tickets", "/chamados"), headers=HTML)
        assert not tells(await davi.client.get(ticket), page), ticket
    # That nothing was found is nobody's secret.
    turns = (await davi.client.get(handed[1])).json()["handover"]["turns"]
    assert [turn.get("withheld", False) for turn in turns] == [True, False]


async def closed_to_all_but_a_team(api: Api) -> None:
    async with api.database.begin() as session:
        await create_team(session, SYSTEM, "Corregedoria")
        await set_visibility(
            session, SYSTEM, "sigilosos", Visibility.TEAMS, readers=["Corregedoria"]
        )


async def test_what_somebody_brought_for_themselves_is_theirs_alone(api: Api) -> None:
    ana = await sign_in(api, "Ana Conceição", Role.AGENT)
    async with api.database.begin() as session:
        place = Collection(name="meu-arquivo-x", visibility=Visibility.TEAMS, owner_user_id=ana.id)
        session.add(place)
        await session.flush()
        job = IngestionJob(
            source_kind=SourceKind.FILE,
            collection_id=place.id,
            source_key="upload:x",
            submitted_by=f"user:{ana.id}",
            file_name="exame-de-sangue.pdf",
            title="Exame de sangue",
            status=JobStatus.FAILED,
            error_code="empty_text",
        )
        session.add(job)
        await session.flush()
        job_id = job.id
    assert (await ana.client.get(f"/ingest/{job_id}")).status_code == 200
    admin = await sign_in(api, "Eunice Brandão", Role.ADMIN)
    for client in (admin.client, await api.client(Role.ADMIN), await api.client(Role.CURATOR)):
        assert (await client.get(f"/ingest/{job_id}")).status_code == 404
        for path in ("/ingest", "/conhecimento/fila", "/conhecimento", "/documents"):
            reply = await client.get(path, headers=HTML if path.startswith("/con") else {})
            assert "xame" not in reply.text, path
        for act in ("cancel", "retry", "prioritize"):
            reply = await client.post(f"/ingest/{job_id}/{act}", json={})
            assert reply.status_code in {404, 405}, (act, reply.text)
