"""Who asked what the base did not know hears of the answer, when there is one for them."""

import html
from datetime import timedelta
from uuid import UUID

import httpx2
import sqlalchemy as sa
from api import Api
from browser_session import HTML, Person, words
from published import publish
from signed_in import sign_in

from cogep_assist.core.access import SYSTEM
from cogep_assist.core.config import Settings
from cogep_assist.core.models import BackgroundJob, Gap, OutboxMessage, Role, User
from cogep_assist.core.outbox import open_payload
from cogep_assist.ingestion_service.document_removal import remove_document
from cogep_assist.rag_service.gap_grouping import group_gaps
from cogep_assist.rag_service.gap_recheck import collections_to_recheck, recheck_gaps
from cogep_assist.rag_service.gap_told import TELL, tell_askers

PARKING = "Quem pode usar o estacionamento subterrâneo?"
ANSWER = "O estacionamento subterrâneo pode ser usado por pessoas com deficiência."
FOUND = "Agora há resposta"


async def test_who_asked_in_vain_is_told_once_and_only_of_what_they_may_read(
    api: Api, settings: Settings
) -> None:
    await publish(api.database, "A biblioteca abre às oito.", "Biblioteca", public=True)
    await publish(api.database, "O cofre fica no térreo.", "Cofre", collection="interna")
    ana, bruno = await person(api, Role.AGENT), await person(api, Role.REQUESTER)
    address = await asked(ana)
    answer = address.rpartition("/")[2]
    await asked(bruno)
    wish = f"/respostas/{answer}/aviso"
    assert (await send(bruno, wish, quero="sim")).status_code == 404
    assert (await send(ana, wish, quero="sim")).status_code == 303
    await grouped(api)
    # What answers is for staff: Bruno, who may not read it, hears nothing of it.
    document = await publish(api.database, ANSWER, "Estacionamento", collection="interna")
    await told(api, settings)
    page = (await ana.get("/perguntar")).text
    assert FOUND in page
    assert PARKING in html.unescape(page)
    for place in ("/conversas", address):
        assert FOUND in (await ana.get(place)).text
    for place in ("/perguntar", "/conversas"):
        assert FOUND not in (await bruno.get(place)).text
    (letter,) = await letters(api)
    # A mailbox learns that there is an answer, never what was asked.
    assert f"/respostas/{answer}" in letter["text"]
    assert "estacionamento" not in str(letter).lower()
    # The document goes before anybody looked: there is nothing to be told any more.
    async with api.database.begin() as session:
        await remove_document(session, SYSTEM, document)
    await told(api, settings)
    assert FOUND not in (await ana.get("/perguntar")).text
    # For all, this time. Ana's letter went: the second notice brings none.
    await publish(api.database, ANSWER, "Estacionamento", public=True)
    await told(api, settings)
    assert FOUND in (await bruno.get("/perguntar")).text
    assert FOUND in (await ana.get("/perguntar")).text
    assert len(await letters(api)) == 1
    # Asked again and answered: heard.
    assert (await ana.ask(PARKING)).status_code == 303
    assert FOUND not in (await ana.get("/perguntar")).text
    theirs = (await bruno.get("/conversas")).text.split('/aviso/fechar"')[0].rpartition("/")[2]
    assert (await send(ana, f"/respostas/{theirs}/aviso/fechar")).status_code == 404
    assert (await send(bruno, f"/respostas/{theirs}/aviso/fechar")).status_code == 303
    assert FOUND not in (await bruno.get("/perguntar")).text


async def test_an_old_conversation_says_which_words_were_lacking(api: Api) -> None:
    await publish(api.database, "A biblioteca abre às oito.", "Biblioteca", public=True)
    ana = await person(api, Role.REQUESTER)
    address = await asked(ana)
    text = words((await ana.get(address)).text)
    assert "Quando você perguntou, nenhum documento falava de “estacionamento”" in text
    conversation = html.unescape((await ana.get("/conversas")).text).split('href="/conversas/')[1]
    text = words((await ana.get("/conversas/" + conversation[:36])).text)
    assert "nenhum documento falava de “estacionamento” nem de “subterrâneo”" in text


async def person(api: Api, role: Role) -> Person:
    """Somebody with an account, at a browser without scripts."""
    client = (await sign_in(api, "Conceição", role)).client
    client.headers.update(HTML)
    return Person(client)


async def asked(person: Person) -> str:
    """Ask in vain, and return the address of the answer."""
    page = (await person.ask(PARKING)).text
    assert "Não encontrei isso na base" in page
    return "/respostas/" + str(UUID(page.split('id="turno-')[1][:36]))


async def send(person: Person, address: str, **fields: str) -> httpx2.Response:
    return await person.client.post(address, data={"csrf_token": await person.csrf(), **fields})


async def grouped(api: Api) -> None:
    async with api.database.begin() as session:
        await group_gaps(session, "")


async def told(api: Api, settings: Settings) -> None:
    """Ask the gaps again as if the changes were not of this moment, and tell who asked."""
    async with api.database.begin() as session:
        later = sa.func.now() - sa.literal(timedelta(minutes=1))
        await session.execute(sa.update(Gap).values(checked_at=later))
        for collection_id in await collections_to_recheck(session):
            await recheck_gaps(session, str(collection_id))
    async with api.database.begin() as session:
        due = sa.select(BackgroundJob.subject).where(BackgroundJob.kind == TELL)
        for subject in set((await session.scalars(due)).all()):
            await tell_askers(session, subject, settings)


async def letters(api: Api) -> list[dict[str, str]]:
    async with api.database.begin() as session:
        people = sa.select(sa.func.concat("user:", User.id))
        found = await session.scalars(
            sa.select(OutboxMessage).where(OutboxMessage.resource_key.in_(people))
        )
        return [open_payload(one) or {} for one in found]
