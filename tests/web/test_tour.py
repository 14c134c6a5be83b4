"""The tour of the first minutes: offered once, over real pages, for what a role may open."""

import re

from api import Api
from browser_session import HTML, words
from desk_client import page, send
from signed_in import Person, sign_in

from cogep_assist.core.models import Role


async def test_the_tour_leads_through_what_a_role_may_open(
    api: Api, admin: Person, requester: Person
) -> None:
    for who, stops in ((admin, 6), (requester, 2)):
        start = await page(who, "/perguntar")
        assert "Primeira vez aqui?" in words(start)
        href, seen = "/perguntar?passeio=1", []
        while href:
            text = await page(who, href)
            seen.append(re.search(r"Passeio, passo (\d) de (\d)", text).groups())
            following = re.search(r'class="button small" href="([^"]+)" autofocus', text)
            href = following.group(1) if following else ""
        assert seen == [(str(n), str(stops)) for n in range(1, stops + 1)]
        assert "Concluir" in words(text)
        # Put aside once, in whichever browser; it can be seen again from one's account.
        ended = await send(who, "/passeio/fim")
        assert ended.headers["location"] == "/perguntar"
        assert "Primeira vez aqui?" not in words(await page(who, "/perguntar"))
        assert 'href="/perguntar?passeio=1"' in await page(who, "/conta")
    # A step that is not there, or not of this page, is no step.
    for address in ("/perguntar?passeio=9", "/perguntar?passeio=2", "/perguntar?passeio=²"):
        assert "Passeio, passo" not in await page(admin, address)
    visitor = await sign_in(api, "Dalva Sá", Role.CURATOR)
    refused = await api.anonymous(headers=HTML).post("/passeio/fim")
    assert refused.status_code in {303, 401, 403}
    assert "Primeira vez aqui?" in words(await page(visitor, "/perguntar"))
