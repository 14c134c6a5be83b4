"""A file that somebody brings for a question: read for them alone, asked about, gone in a day."""

import re

import pytest
import sqlalchemy as sa
from api import running_api
from browser_session import HTML, words
from desk_client import page
from published import publish
from signed_in import sign_in
from sqlalchemy.engine import URL
from working import working

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import Collection, Document, Role
from cogep_assist.ingestion_service.own_file import MOST
from cogep_assist.worker_service.duties import sweep_expired

SAID = "O auxílio-funeral da carreira equivale a dois meses da remuneração."


@pytest.mark.timeout(120)
async def test_a_file_is_read_for_its_owner_alone(
    settings: Settings, database: Database, database_url: URL
) -> None:
    async with running_api(settings, database) as api:
        owner = await sign_in(api, "Eunice Brandão", Role.REQUESTER)
        other = await sign_in(api, "Dalva Sá", Role.REQUESTER)
        admin = await sign_in(api, "Íris Conceição", Role.ADMIN)
        await publish(database, "O ponto fecha no dia 5.", "Manual do ponto", public=True)
        form = await page(owner, "/perguntar")
        action = re.search(r'action="(/perguntar/arquivo\?csrf_token=[^"]+)"', form)
        assert action is not None
        # A request that is no upload at all is refused as a broken one is.
        assert (await owner.client.post(action.group(1), headers=HTML)).status_code == 400
        with working(settings, database_url):
            sent = await owner.client.post(
                action.group(1), files=[("file", ("parecer.txt", SAID.encode()))], headers=HTML
            )
            # Larger than a form without files may be: refused for what it says, not for its size.
            blank = b" " * (2 * 1024 * 1024)
            empty = await owner.client.post(
                action.group(1), files=[("file", ("nada.txt", blank))], headers=HTML
            )
        assert sent.status_code == 303, words(sent.text)
        assert empty.status_code == 422
        there = sent.headers["location"]
        name = there.partition("colecao=")[2]
        assert "Só o meu arquivo" in words(await page(owner, there))
        asked = {"pergunta": "A quanto equivale o auxílio-funeral?", "colecao": name}
        told = await owner.client.post("/perguntar", data=asked, headers=HTML)
        assert SAID in words(await page(owner, told.headers["location"]))
        # Nobody else: neither by its name nor among all, administrators included.
        for who in (other, admin):
            assert name not in await page(who, there)
            missing = await who.client.post("/perguntar", data=asked, headers=HTML)
            assert missing.status_code == 404
            at_large = {"pergunta": asked["pergunta"]}
            unknown = await who.client.post("/perguntar", data=at_large, headers=HTML)
            assert "Não encontrei" in words(unknown.text)
        assert "parecer" not in await page(admin, "/conhecimento")
        # Ten at once, and no more; a day later nothing of it is there.
        async with database.begin() as session:
            session.add_all(
                Collection(name=f"meu-arquivo-{n}", owner_user_id=owner.id, expires_at=_soon())
                for n in range(MOST)
            )
        full = await owner.client.post(
            action.group(1), files=[("file", ("mais.txt", b"Mais um."))], headers=HTML
        )
        assert full.status_code == 409
        async with database.begin() as session:
            own = Collection.owner_user_id == owner.id
            past = sa.func.now() - sa.text("interval '1 minute'")
            await session.execute(sa.update(Collection).where(own).values(expires_at=past))
        async with database.begin() as session:
            await sweep_expired(session, "")
            left = sa.select(sa.func.count()).select_from(Document)
            assert await session.scalar(left) == 1


def _soon() -> sa.ColumnElement[object]:
    return sa.func.now() + sa.text("interval '1 hour'")
