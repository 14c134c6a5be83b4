"""The way in with an account: invitation, password, delays, second step, another password."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
import sqlalchemy as sa
from accounts import PASSWORD, enter, link_in, make_user, session_of, token_in
from api import Api
from browser_session import HTML, Person, stranger, words

from cogep_assist.core.access import create_sign_in_link
from cogep_assist.core.access_delays import knows_device, remember_device
from cogep_assist.core.access_links import RESET, invite, send_reset
from cogep_assist.core.access_sessions import open_user_session
from cogep_assist.core.access_users import UserChange, add_user, change_user, set_password
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    BackgroundJob,
    OutboxMessage,
    Role,
    Session,
    SignInDelay,
    User,
)
from cogep_assist.core.outbox import MAIL
from cogep_assist.core.outbox_delivery import Deliverer
from cogep_assist.core.principal import SYSTEM
from cogep_assist.edge.cookies import COOKIE, DEVICE_COOKIE
from cogep_assist.integrations.mail import mail_courier

EMAIL = "mariana.conceição@órgão.gov.br"
BASE = "http://cogep.test"


async def letters(api: Api) -> list[str]:
    """Deliver what waits, and return the letters that lie in the folder, the oldest first."""
    settings = api.app.state.edge.settings
    await Deliverer(api.database, {MAIL: mail_courier(settings)}).deliver(MAIL)
    return await asyncio.to_thread(_read_all, settings.data_dir / "mail")


def _read_all(folder: Path) -> list[str]:
    import email
    from email import policy

    found = []
    for path in sorted(folder.glob("*.eml")):
        assert path.stat().st_mode & 0o077 == 0
        message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        found.append(f"{message['To']}\n{message['Subject']}\n{body.get_content()}")
    return found


async def reset_jobs(api: Api) -> list[str]:
    async with api.database.begin() as session:
        rows = await session.scalars(
            sa.select(BackgroundJob.subject).where(BackgroundJob.kind == RESET)
        )
        return list(rows)


async def test_an_invitation_leads_to_a_password_a_session_and_a_known_browser(api: Api) -> None:
    async with api.database.begin() as session:
        user = await add_user(session, EMAIL, Role.AGENT, name="Mariana Conceição", by=SYSTEM)
        first = await invite(session, user, BASE, by=SYSTEM)
        await invite(session, user, BASE, by=SYSTEM)
    found = await letters(api)
    assert len(found) == 2
    assert "Mariana Conceição" in found[1]
    link = link_in(found[1], "/convite")
    mariana = await stranger(api)
    assert (await mariana.get(first.removeprefix(BASE))).status_code == 403
    for _ in range(2):
        page = await mariana.get(link)
        assert page.status_code == 200
        assert page.headers["referrer-policy"] == "strict-origin"
    fields = {"token": token_in(link), "senha": "curta", "repetida": "curta"}
    weak = await mariana.client.post("/convite", data=fields)
    assert weak.status_code == 422
    assert "menos de 12 caracteres" in words(weak.text)
    fields |= {"senha": PASSWORD, "repetida": PASSWORD + "!"}
    assert (await mariana.client.post("/convite", data=fields)).status_code == 422
    fields["repetida"] = PASSWORD
    reply = await mariana.client.post("/convite", data=fields)
    assert (reply.status_code, reply.headers["location"]) == (303, "/perguntar")
    assert {COOKIE, DEVICE_COOKIE} <= set(mariana.client.cookies)
    assert "Minha conta" in words((await mariana.get("/perguntar")).text)
    again = await (await stranger(api)).client.post("/convite", data=fields)
    assert again.status_code == 403
    # Once a letter has gone, nothing of it is kept; and no link was ever kept in clear.
    async with api.database.begin() as session:
        assert set(await session.scalars(sa.select(OutboxMessage.payload))) == {None}


async def test_the_password_opens_the_door_and_strangers_learn_nothing(api: Api) -> None:
    await make_user(api, EMAIL)
    await make_user(api, "sem.senha@órgão.gov.br", password=None)
    gone = await make_user(api, "saiu@órgão.gov.br")
    await make_user(api, "chefe@órgão.gov.br", Role.ADMIN)
    async with api.database.begin() as session:
        await change_user(session, SYSTEM, gone.id, UserChange(disabled=True))
    ana = await stranger(api)
    said = set()
    for email in (EMAIL, "sem.senha@órgão.gov.br", "saiu@órgão.gov.br", "ninguem@órgão.gov.br"):
        password = "errada" if email == EMAIL else PASSWORD
        reply = await ana.client.post("/entrar", data={"email": email, "senha": password})
        assert reply.status_code == 403
        said.add(words(reply.text.replace(email, "")))
    assert len(said) == 1
    assert COOKIE not in ana.client.cookies
    # Another way to write the same address and the same accents is the same person.
    assert await enter(ana, " MARIANA.CONCEIC\u0327A\u0303O@Órgão.gov.br ", PASSWORD) == 303
    assert (await ana.get("/perguntar")).status_code == 200


async def test_a_browser_has_one_session_and_an_old_password_no_late_one(api: Api) -> None:
    user = await make_user(api, EMAIL)
    ana = await stranger(api)
    replaced = []
    for _ in range(2):
        assert await enter(ana, EMAIL, PASSWORD) == 303
        replaced.append(ana.client.cookies[COOKIE])
    async with api.database.begin() as session:
        link = await create_sign_in_link(session, Role.CURATOR)
    assert (await ana.client.post("/entrar", data={"token": link})).status_code == 303
    for token in replaced:
        left = api.anonymous(headers=HTML, cookies={COOKIE: token})
        assert (await left.get("/perguntar")).headers["location"] == "/entrar"
    assert (await ana.get("/perguntar")).status_code == 200
    # Checked while the new password was being set: the account is not the one that was proved.
    async with api.database.begin() as session:
        await set_password(session, user, "outra frase bem comprida", SYSTEM)
    with pytest.raises(AppError, match="sign_in_failed"):
        async with api.database.begin() as session:
            await open_user_session(session, user, "password")


async def guess(api: Api, thief: Person, email: str) -> list[int]:
    """Guess six times, the last of them within the wait: here that is a minute, not a second."""
    statuses = [await enter(thief, email, f"palpite {n}") for n in range(5)]
    async with api.database.begin() as session:
        closed = sa.update(SignInDelay).where(
            SignInDelay.failures >= 5, SignInDelay.closed_until > SignInDelay.updated_at
        )
        later = sa.func.clock_timestamp() + timedelta(minutes=1)
        lasting = await session.execute(closed.values(closed_until=later))
        assert lasting.rowcount > 0
    return [*statuses, await enter(thief, email, "palpite 5")]


async def test_guesses_wait_longer_and_longer_but_keep_nobody_out(api: Api) -> None:
    await make_user(api, EMAIL)
    known = await stranger(api)
    assert await enter(known, EMAIL, PASSWORD) == 303
    thief = await stranger(api)
    statuses = await guess(api, thief, EMAIL)
    assert statuses == [403] * 5 + [429]
    late = await thief.client.post("/entrar", data={"email": EMAIL, "senha": PASSWORD})
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) >= 1
    # The same for an account that is not there.
    assert await guess(api, thief, "nada@órgão.gov.br") == statuses
    # The rightful person, where they have been before, notices nothing.
    await known.client.post("/sair", data={"csrf_token": await known.csrf()})
    assert await enter(known, EMAIL, PASSWORD) == 303
    async with api.database.begin() as session:
        await session.execute(sa.update(SignInDelay).values(closed_until=sa.func.clock_timestamp()))
    assert await enter(thief, EMAIL, "outro palpite") == 403
    async with api.database.begin() as session:
        # From the failure on, not from now: the time that a look takes is none of its business.
        lasts = sa.extract("epoch", SignInDelay.closed_until - SignInDelay.updated_at)
        waits = await session.scalar(sa.select(sa.func.max(lasts)).where(SignInDelay.failures >= 6))
    assert waits is not None
    assert waits > 1


async def test_a_forgotten_password_is_answered_alike_and_replaced_once(api: Api) -> None:
    user = await make_user(api, EMAIL)
    _, old = await session_of(api, user)
    ana = await stranger(api)
    replies = [
        words((await ana.client.post("/esqueci-a-senha", data={"email": email})).text)
        for email in (EMAIL, "ninguem@órgão.gov.br")
    ]
    assert replies[0] == replies[1]
    jobs = await reset_jobs(api)
    assert len(jobs) == 2
    assert not any("mariana" in bytes.fromhex(job).decode("latin-1") for job in jobs)
    for subject in [*jobs, *(await reset_jobs(api)), *jobs]:
        async with api.database.begin() as session:
            await send_reset(session, subject)
    found = await letters(api)
    # Three an hour at most, whoever asks.
    assert len(found) == 3
    link = link_in(found[-1], "/redefinir")
    async with api.database.begin() as session:
        known = await remember_device(session, user)
    assert link.startswith("/redefinir")
    assert "cogep.test" not in found[-1], "the address must not come from the request"
    fields = {"token": token_in(link), "senha": "outra frase bem comprida", "repetida": ""}
    fields["repetida"] = fields["senha"]
    assert (await ana.client.post("/redefinir", data=fields)).status_code == 303
    assert (await ana.client.post("/redefinir", data=fields)).status_code == 403
    assert await enter(await stranger(api), EMAIL, PASSWORD) == 403
    async with api.database.begin() as session:
        ended = await session.scalar(
            sa.select(Session.revoked_at).where(Session.id == old.principal.session_id)
        )
        assert not await knows_device(session, user, known)
    assert ended is not None
    assert "mudou" in (await letters(api))[-1]


async def test_the_second_step_is_set_up_asked_for_and_never_taken_twice(api: Api) -> None:
    user = await make_user(api, EMAIL)
    ana, opened = await session_of(api, user)
    other, _ = await session_of(api, user)
    csrf = {"csrf_token": opened.csrf_token}
    # Whoever finds a session left open does not lock its person out with a telephone of their own.
    for typed in ({}, {"atual": "errada"}):
        refused = await ana.client.post("/conta/duas-etapas", data=csrf | typed)
        assert refused.status_code == 403
        assert "otpauth" not in refused.text
        assert 'class="code"' not in refused.text
    page = await ana.client.post("/conta/duas-etapas", data=csrf | {"atual": PASSWORD})
    assert "<svg" in page.text
    secret = re.search(r'class="code">([A-Z2-7]{32})<', page.text)
    assert secret is not None
    totp = pyotp.TOTP(secret.group(1))
    async with api.database.begin() as session:
        stored = await session.scalar(sa.select(User.totp_secret))
    assert stored is not None
    assert secret.group(1).encode() not in stored
    confirm = "/conta/duas-etapas/confirmar"
    wrong = await ana.client.post(confirm, data={**csrf, "codigo": "000000"})
    assert wrong.status_code == 403
    code = totp.now()
    done = await ana.client.post(confirm, data={**csrf, "codigo": code})
    codes = re.findall(r'class="code">([a-z2-9]{5}-[a-z2-9]{5})<', done.text)
    assert len(codes) == 10
    assert (await other.get("/perguntar")).status_code == 303, "other sessions end"

    bia = await stranger(api)
    asked = await bia.client.post("/entrar", data={"email": EMAIL, "senha": PASSWORD})
    assert asked.status_code == 200
    assert COOKIE not in bia.client.cookies
    found = re.search(r'name="passo" value="([\w-]+)"', asked.text)
    assert found is not None
    step = found.group(1)
    replayed = await bia.client.post("/entrar/codigo", data={"passo": step, "codigo": code})
    assert replayed.status_code == 403
    fresh = {"passo": step, "codigo": codes[0].upper()}
    assert (await bia.client.post("/entrar/codigo", data=fresh)).status_code == 303
    assert (await bia.get("/perguntar")).status_code == 200
    over = await bia.client.post("/entrar/codigo", data=fresh)
    assert "terminou" in words(over.text)
    # A code of paper works once as well, and a step takes five tries.
    asked = await bia.client.post("/entrar", data={"email": EMAIL, "senha": PASSWORD})
    found = re.search(r'name="passo" value="([\w-]+)"', asked.text)
    assert found is not None
    tries = {"passo": found.group(1), "codigo": codes[0]}
    said = [words((await bia.client.post("/entrar/codigo", data=tries)).text) for _ in range(6)]
    assert ["não confere" in text for text in said] == [True] * 5 + [False]


async def test_the_first_link_makes_the_first_administrator_and_only_that_one(api: Api) -> None:
    async with api.database.begin() as session:
        token = await create_sign_in_link(session, Role.ADMIN)
        other = await create_sign_in_link(session, Role.ADMIN)
        agents = await create_sign_in_link(session, Role.AGENT)
    ana = await stranger(api)
    assert "Primeiro acesso" in words((await ana.get(f"/entrar?token={token}")).text)
    fields = {"token": token, "nome": "Ana Lúcia", "email": "ana@órgão.gov.br", "senha": PASSWORD}
    weak = await ana.client.post("/primeiro-acesso", data=fields | {"senha": "ana lúcia ana"})
    assert weak.status_code == 422
    assert "ana@órgão.gov.br" in weak.text
    refused = await ana.client.post("/primeiro-acesso", data=fields | {"token": agents})
    assert refused.status_code == 403
    assert (await ana.client.post("/primeiro-acesso", data=fields)).status_code == 303
    assert (await ana.get("/conta")).status_code == 200
    late = await ana.client.post(
        "/primeiro-acesso", data=fields | {"token": other, "email": "eva@órgão.gov.br"}
    )
    assert late.status_code == 409
    assert "Primeiro acesso" not in words((await ana.get(f"/entrar?token={other}")).text)
    async with api.database.begin() as session:
        assert list(await session.scalars(sa.select(User.role))) == [Role.ADMIN]


async def test_my_account_shows_sessions_and_changes_the_password(api: Api) -> None:
    user = await make_user(api, EMAIL)
    ana, opened = await session_of(api, user)
    bia, second = await session_of(api, user)
    eva = await make_user(api, "eva@órgão.gov.br", name="Eva")
    thief, stolen = await session_of(api, eva)
    page = words((await ana.get("/conta")).text)
    assert "Firefox no Linux" in page
    assert EMAIL in page
    end = f"/conta/sessoes/{second.principal.session_id}/encerrar"
    refused = await thief.client.post(end, data={"csrf_token": stolen.csrf_token})
    assert refused.status_code == 404
    forged = await ana.client.post(end, data={"csrf_token": stolen.csrf_token})
    assert forged.status_code == 403
    ended = await ana.client.post(end, data={"csrf_token": opened.csrf_token})
    assert ended.status_code == 303
    assert (await bia.get("/perguntar")).headers["location"] == "/entrar"
    new = "outra frase bem comprida"
    fields = {"csrf_token": opened.csrf_token, "atual": "errada", "senha": new, "repetida": new}
    assert (await ana.client.post("/conta/senha", data=fields)).status_code == 403
    fields["atual"] = PASSWORD
    assert (await ana.client.post("/conta/senha", data=fields)).status_code == 200
    assert await enter(await stranger(api), EMAIL, new) == 303
