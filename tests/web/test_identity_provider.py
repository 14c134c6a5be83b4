"""Signing in by a real OpenID Connect provider in a process of its own (``oidc-provider-mock``)."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import sqlalchemy as sa
from accounts import make_user
from api import Api, running_api
from browser_session import HTML
from pydantic import SecretStr

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import OidcIdentity, Role, User

PATIENCE = 60.0
PEOPLE = [
    {"sub": "11144477735", "email": "maria@órgão.gov.br", "email_verified": True},
    {"sub": "39053344705", "email": "maria@órgão.gov.br", "email_verified": False},
    {"sub": "86288366757", "email": "Maria@órgão.gov.br", "email_verified": True},
    {"sub": "52998224725", "email": "nova@orgao.gov.br", "email_verified": True, "name": "Zoé"},
]


@dataclass(frozen=True)
class Provider:
    """A provider that answers, and a browser's way through its page."""

    issuer: str

    async def consent(self, address: str, **form: str) -> dict[str, str]:
        """Send the provider's own form; return what it sends the browser back with."""
        assert address.startswith(self.issuer)
        async with httpx2.AsyncClient() as browser:
            assert "Authorize Client" in (await browser.get(address)).text
            back = await browser.post(address, data=form)
        assert back.status_code in {302, 303}, back.text
        query = parse_qs(urlsplit(back.headers["location"]).query)
        return {name: values[0] for name, values in query.items()}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    command += ["--require-nonce", "true"]
    for person in PEOPLE:
        command += ["--user-claims", json.dumps(person)]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environment, **quiet) as process:
        try:
            deadline = time.monotonic() + PATIENCE
            while process.poll() is None and time.monotonic() < deadline:
                with socket.socket() as trying:
                    if trying.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield Provider(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
async def api(settings: Settings, database: Database, provider: Provider) -> AsyncIterator[Api]:
    chosen = settings.model_copy(
        update={
            "oidc_issuer": provider.issuer,
            "oidc_client_id": "cogep",
            "oidc_client_secret": SecretStr("segredo do cliente"),
            "oidc_auto_create": True,
            "public_url": "http://cogep.test",
        }
    )
    async with running_api(chosen, database) as opened:
        yield opened


async def begun(api: Api) -> tuple[httpx2.AsyncClient, str]:
    """A browser that was sent to the provider, and the address that it was sent to."""
    browser = api.anonymous(headers=HTML)
    sent = await browser.get("/entrar/provedor")
    assert sent.status_code == 303, sent.text
    return browser, sent.headers["location"]


async def come_back(browser: httpx2.AsyncClient, answer: dict[str, str]) -> httpx2.Response:
    return await browser.get("/entrar/retorno", params=answer)


async def test_people_come_in_by_the_provider(api: Api, provider: Provider) -> None:
    maria = await make_user(api, "maria@órgão.gov.br", Role.AGENT, name="Maria")
    browser, address = await begun(api)
    answer = await provider.consent(address, sub="11144477735")
    came = await come_back(browser, answer)
    assert came.status_code == 303, came.text
    assert (await browser.get("/access/me")).json()["user"]["name"] == "Maria"
    # The answer works once, and in the browser that began alone.
    again, _ = await begun(api)
    for other in (browser, again):
        refused = await come_back(other, answer)
        assert refused.status_code != 303, refused.headers
    # Somebody new comes in as a requester; the address of another, unproven, opens nothing.
    browser, address = await begun(api)
    answer = await provider.consent(address, sub="52998224725")
    assert (await come_back(browser, answer)).status_code == 303
    browser, address = await begun(api)
    answer = await provider.consent(address, sub="39053344705")
    assert (await come_back(browser, answer)).status_code != 303
    async with api.database.begin() as session:
        role = await session.scalar(sa.select(User.role).where(User.name == "Zoé"))
        known = (await session.scalars(sa.select(OidcIdentity))).all()
    assert role is Role.REQUESTER
    assert {one.user_id for one in known} >= {maria.id}
    # Of who somebody is at the provider, a keyed digest is kept.
    assert len(known) == 2
    assert all(b"11144477735" not in bytes(one.subject_hash) for one in known)


async def test_an_address_that_was_given_to_somebody_else_opens_no_account(
    api: Api, provider: Provider
) -> None:
    maria = await make_user(api, "maria@órgão.gov.br", Role.AGENT, name="Maria")

    async def enter(subject: str) -> httpx2.Response:
        browser, address = await begun(api)
        return await come_back(browser, await provider.consent(address, sub=subject))

    assert (await enter("11144477735")).status_code == 303
    refused = await enter("86288366757")
    assert refused.status_code == 403
    assert "já está ligada a outra pessoa" in refused.text
    assert (await enter("11144477735")).status_code == 303
    # Who administers lets the new one in, and the one before has no way in any more.
    admin = await api.client(Role.ADMIN)
    for disabled in (True, False):
        changed = await admin.patch(f"/access/users/{maria.id}", json={"disabled": disabled})
        assert changed.status_code == 200, changed.text
    assert (await enter("86288366757")).status_code == 303
    assert (await enter("11144477735")).status_code == 403


async def test_what_is_no_sign_in(api: Api, provider: Provider) -> None:
    await make_user(api, "maria@órgão.gov.br", Role.AGENT, name="Maria")
    browser, address = await begun(api)
    denied = await provider.consent(address, action="deny")
    assert denied["error"] == "access_denied"
    assert (await come_back(browser, denied)).status_code != 303
    # A code that was given for another sign-in holds another nonce.
    thief, hers = await begun(api)
    victim, _ = await begun(api)
    stolen = await provider.consent(hers, sub="11144477735")
    state = parse_qs(urlsplit((await begun(api))[1]).query)["state"][0]
    for client, answer in (
        (victim, stolen),
        (thief, {**stolen, "state": state}),
        (thief, {**stolen, "code": "inventado"}),
        (thief, {"state": stolen["state"]}),
    ):
        assert (await come_back(client, answer)).status_code != 303, answer
    for client in (browser, thief, victim):
        assert (await client.get("/access/me", follow_redirects=False)).status_code in {303, 401}
