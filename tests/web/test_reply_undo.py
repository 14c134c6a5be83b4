"""A reply is held for some seconds: its author takes it back, or it goes out in their name."""

import re

import sqlalchemy as sa
from api import Api, running_api
from browser_session import words
from desk_client import PART, detail, opened, page, send
from signed_in import sign_in

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import Role, TicketEntry
from cogep_assist.crm_service.tickets.reply_hold import replies_to_send, send_held_reply


async def test_a_reply_is_taken_back_or_goes_out_once(
    settings: Settings, database: Database
) -> None:
    async with running_api(settings.model_copy(update={"reply_undo_seconds": 30}), database) as api:
        await _taken_back_and_sent(api)


async def _taken_back_and_sent(api: Api) -> None:
    agent = await sign_in(api, "Bruno Araújo", Role.AGENT)
    requester = await sign_in(api, "Carla Assunção", Role.REQUESTER)
    ticket = await opened(requester, "Crachá")
    here = f"/chamados/{ticket['id']}"
    sent = await send(
        agent, f"{here}/escrever", tipo="resposta", texto="Já vai.", depois="resolver"
    )
    assert sent.headers["location"] == here
    held = await page(agent, here)
    assert "ainda não saiu" in words(held)
    undo = re.search(rf'action="({here}/respostas/[^"]+/desfazer)"', held)
    assert undo is not None
    # Until then nothing has happened: nobody else sees it, no state, no clock, no letter.
    assert "Já vai." not in await page(requester, here)
    shown = await detail(agent, ticket)
    assert (shown["status"], shown["first_replied_at"]) == ("new", None)
    assert await _due(api) == []
    bruna = await sign_in(api, "Bruna Sá", Role.AGENT)
    assert undo.group(1) not in await page(bruna, here)
    assert (await send(bruna, undo.group(1))).status_code == 404
    assert (await send(requester, undo.group(1))).status_code == 403
    # Taken back, it stands in the composer again.
    back = await send(agent, undo.group(1))
    assert back.status_code == 200
    assert "Já vai.</textarea>" in back.text
    assert "ninguém a recebeu" in words(back.text)
    assert len((await detail(agent, ticket))["entries"]) == 1
    assert (await send(agent, undo.group(1))).status_code == 404
    # With a file, this time, and sent.
    await agent.client.post(
        f"{here}/escrever",
        data={"tipo": "resposta", "texto": "Pronto.", "depois": "resolver"},
        files=[("file", ("crachá.png", b"\x89PNG\r\n\x1a\n....", "image/png"))],
        headers=PART,
    )
    (entry,) = (await detail(agent, ticket))["entries"][1:]
    assert entry["held_until"] is not None
    file = f"/crm/tickets/{ticket['id']}/attachments/{entry['attachments'][0]['id']}"
    assert (await requester.client.get(file)).status_code == 404
    async with api.database.begin() as session:
        await session.execute(
            sa.update(TicketEntry)
            .values(held_until=sa.func.now() - sa.text("interval '1s'"))
            .where(TicketEntry.held_until.is_not(None))
        )
    assert await _due(api) == [entry["id"]]
    for _ in range(2):
        async with api.database.begin() as session:
            await send_held_reply(session, entry["id"])
    shown = await detail(agent, ticket)
    assert shown["status"] == "resolved"
    assert shown["first_replied_at"] is not None
    assert [one["kind"] for one in shown["events"]].count("reply_written") == 1
    assert [one["actor"] for one in shown["events"] if one["kind"] == "reply_written"] == [
        f"user:{agent.id}"
    ]
    assert "Pronto." in await page(requester, here)
    assert (await requester.client.get(file)).status_code == 200
    late = f"{here}/respostas/{entry['id']}/desfazer"
    assert (await send(agent, late)).status_code == 409


async def _due(api: Api) -> list[str]:
    async with api.database.begin() as session:
        return [str(one) for one in await replies_to_send(session)]
