"""The bell: who is told of what on a ticket, until when, and that nobody else hears of it."""

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from api import Api
from browser_session import HTML, words
from published import publish
from signed_in import Person, sign_in
from sla_desk import ALWAYS, long_ago, opened, promise, put
from sla_desk import tick as tick_desk

from cogep_assist.core.config import Settings
from cogep_assist.core.models import (
    Gap,
    GapStatus,
    LegalClock,
    RequestStatus,
    Role,
    SlaNotice,
    SubjectRequest,
    Ticket,
    TicketNotice,
    TicketStatus,
)
from cogep_assist.crm_service.tickets.ticket_notices import sweep_notices
from cogep_assist.lgpd_service.legal.legal_clocks import local_today
from cogep_assist.rag_service.gap_grouping import group_gaps
from cogep_assist.rag_service.gap_recheck import collections_to_recheck, recheck_gaps
from cogep_assist.worker_service.gap_closing import tell_of_gap

PARKING = "Quem pode usar o estacionamento subterrâneo?"


async def bell(person: Person) -> int:
    """What the bell of a page says to somebody."""
    part = (await person.client.get("/avisos/sino", headers={**HTML, "HX-Request": "true"})).text
    told = words(part)
    return int(told.split()[0]) if told else 0


async def shown(person: Person) -> str:
    return words((await person.client.get("/avisos", headers=HTML)).text)


async def write(person: Person, ticket: dict, text: str, **fields: object) -> None:
    path = f"{ticket['links']['self']}/comments"
    reply = await person.client.post(path, json={"body": text, **fields})
    assert reply.status_code < 300, reply.text


async def test_who_is_told_of_what_happens_on_a_ticket(api: Api) -> None:
    admin = await sign_in(api, "Íris Conceição", Role.ADMIN)
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT, team="Pessoal")
    zelia = await sign_in(api, "Zélia Assunção", Role.AGENT, team="Pessoal")
    ana = await sign_in(api, "Ana Conceição", Role.REQUESTER)
    await put(admin.client, "/crm/queues/Pessoal", team="Pessoal", is_default=True)
    ticket = await opened(ana.client)
    everybody = (admin, bruno, zelia, ana)
    assert [await bell(one) for one in everybody] == [0, 0, 0, 0]

    path = f"{ticket['links']['self']}/assign"
    await admin.client.post(path, json={"user_id": str(bruno.id)})
    assert [await bell(one) for one in everybody] == [0, 1, 0, 0]
    assert "O chamado foi passado para você." in await shown(bruno)
    # Seen, on its page: also in another window of the same person.
    await bruno.client.get(f"/chamados/{ticket['id']}", headers=HTML)
    assert await bell(bruno) == 0

    await write(bruno, ticket, "Zélia, viu isto?", kind="note", mentions=[str(zelia.id)])
    assert [await bell(one) for one in everybody] == [0, 0, 1, 0]
    assert "Um colega citou você em uma nota interna." in await shown(zelia)
    await write(bruno, ticket, "Estamos vendo.")
    assert "A equipe respondeu." in await shown(ana)
    await write(ana, ticket, "Obrigada, e o acesso?")
    assert "Quem pediu escreveu de novo." in await shown(bruno)
    assert [await bell(one) for one in everybody] == [0, 1, 1, 1]

    # It goes to somebody else: what was told of it to who had it is theirs no more.
    await admin.client.post(path, json={"user_id": str(zelia.id)})
    assert [await bell(one) for one in everybody] == [0, 0, 2, 1]
    end = {"status": "resolved", "reason": "feito"}
    await zelia.client.post(f"{ticket['links']['self']}/transition", json=end)
    told = await shown(ana)
    assert "A equipe resolveu o seu pedido." in told
    seen = await ana.client.post("/avisos/vistos", headers=HTML)
    assert seen.status_code == 303
    assert "Nenhum aviso para você." in await shown(ana)
    assert await bell(zelia) == 2


async def test_deadlines_ring_and_what_was_told_is_swept(api: Api) -> None:
    admin = await sign_in(api, "Íris Conceição", Role.ADMIN)
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT, team="Pessoal")
    await put(admin.client, "/crm/queues/Pessoal", team="Pessoal", is_default=True)
    await promise(admin.client, ALWAYS)
    ticket = await opened(admin.client, queue="Pessoal")
    await long_ago(api, ticket, timedelta(minutes=55))
    await tick_desk(api)
    assert await bell(bruno) == 1
    assert "A primeira resposta precisa sair em" in await shown(bruno)
    close = f"/chamados/{ticket['id']}/aviso-de-prazo/fechar"
    closed = await bruno.client.post(close, data={"volta": "/avisos"}, headers=HTML)
    assert closed.headers["location"] == "/avisos"
    assert await bell(bruno) == 0

    await admin.client.post(f"{ticket['links']['self']}/assign", json={"user_id": str(bruno.id)})
    for ended, left in ((False, (1, 1)), (True, (0, 0))):
        async with api.database.begin() as session:
            if ended:
                old = sa.func.now() - sa.literal(timedelta(days=91))
                over = {"status": TicketStatus.CLOSED, "updated_at": old}
                of = sa.update(Ticket).where(Ticket.id == UUID(ticket["id"]))
                await session.execute(of.values(over))
            await sweep_notices(session)
            counts = [
                await session.scalar(sa.select(sa.func.count()).select_from(table))
                for table in (SlaNotice, TicketNotice)
            ]
        assert tuple(counts) == left


async def test_who_attends_hears_that_the_base_answers_by_now(api: Api, settings: Settings) -> None:
    await publish(api.database, "A biblioteca abre às oito.", "Biblioteca", public=True)
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT, team="Pessoal")
    davi = await sign_in(api, "Davi Luís", Role.AGENT, team="Compras")
    ana = await sign_in(api, "Ana Conceição", Role.REQUESTER)
    admin = await sign_in(api, "Íris Conceição", Role.ADMIN)
    await put(admin.client, "/crm/queues/Pessoal", team="Pessoal", is_default=True)
    asked = (await ana.client.post("/ask", json={"question": PARKING})).json()
    assert asked["abstained"]
    body = {"answer_id": asked["id"]}
    made = await ana.client.post("/crm/tickets/from-answer", json=body)
    assert made.status_code == 201, made.text
    async with api.database.begin() as session:
        await group_gaps(session, "")
    answer = "O estacionamento subterrâneo pode ser usado por servidores com crachá."
    await publish(api.database, answer, "Estacionamento", public=True)
    async with api.database.begin() as session:
        later = sa.func.now() - sa.literal(timedelta(minutes=1))
        await session.execute(sa.update(Gap).values(checked_at=later))
        for collection_id in await collections_to_recheck(session):
            await recheck_gaps(session, str(collection_id))
        gap = (await session.scalars(sa.select(Gap))).one()
        assert gap.status is GapStatus.ANSWERED
        await tell_of_gap(session, str(gap.id), settings)
    # Nobody holds it: its team hears, and who asked as before; another team does not.
    assert [await bell(one) for one in (bruno, davi, ana)] == [1, 0, 1]
    assert "A base já responde ao que este chamado pergunta." in await shown(bruno)
    assert PARKING in await shown(ana)
    # Once somebody else has it, it is theirs to know.
    await admin.client.post(f"/crm/tickets/{made.json()['id']}/claim", json={})
    assert await bell(bruno) == 0


async def test_nobody_listens_to_anothers_bell(api: Api) -> None:
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT)
    davi = await sign_in(api, "Davi Luís", Role.ADMIN)
    for topic in ("notice", f"notice:{bruno.id}"):
        heard = await davi.client.get("/ao-vivo", params={"topico": topic})
        assert heard.status_code == 404, topic
    page = (await bruno.client.get("/perguntar", headers=HTML)).text
    assert f'data-live="notice:{bruno.id}"' in page


async def test_legal_terms_stand_in_the_bell_of_who_answers_for_them(
    api: Api, settings: Settings
) -> None:
    dpo = await sign_in(api, "Débora Encarregada", Role.DPO)
    bruno = await sign_in(api, "Bruno Araújo", Role.AGENT)
    body = {"right": "erasure", "name": "Ana Conceição", "email": "ana@exemplo.com"}
    made = (await dpo.client.post("/lgpd/requests", json=body)).json()
    assert await bell(dpo) == 0

    async def ends_in(days: int) -> str:
        async with api.database.begin() as session:
            today = await local_today(session, ZoneInfo(settings.timezone))
            due = today + timedelta(days=days)
            ends = sa.func.timezone(settings.timezone, sa.cast(due + timedelta(1), sa.DateTime))
            await session.execute(sa.update(LegalClock).values(due_on=due, due_at=ends))
        return await shown(dpo)

    assert "Nenhum aviso" in await ends_in(8)
    for days, said in ((7, "em 7 dias"), (1, "amanhã"), (0, "Vence hoje."), (-1, "Venceu em")):
        told = await ends_in(days)
        assert (f"Pedido {made['protocol']}" in told, said in told) == (True, True)
    assert (await bell(dpo), await bell(bruno)) == (1, 0)
    # Proven and taken by nobody, it presses however far its end is; taken, it does not.
    async with api.database.begin() as session:
        await session.execute(sa.update(SubjectRequest).values(status=RequestStatus.RECEIVED))
    assert "Ninguém assumiu ainda." in await ends_in(15)
    async with api.database.begin() as session:
        await session.execute(sa.update(SubjectRequest).values(assignee_id=dpo.id))
    assert "Nenhum aviso" in await ends_in(15)
    await ends_in(0)
    refusal = {"ground": "identity_not_proven", "answer": "Não comprovou quem é."}
    reply = await dpo.client.post(f"{made['links']['self']}/refuse", json=refusal)
    assert reply.status_code < 300, reply.text
    assert await bell(dpo) == 0
    page = (await dpo.client.get("/avisos", headers=HTML)).text
    assert f'data-live="notice:{dpo.id} lgpd"' in page
