"""Keys and what they open."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from cogep_assist.core import secret_key
from cogep_assist.core.access import (
    ANONYMOUS,
    SYSTEM,
    Act,
    Principal,
    PrincipalKind,
    authenticate_key,
    authenticate_keys,
    create_key,
    list_keys,
    note_key_use,
    revoke_key,
    sweep_expired,
    visible_collections,
)
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import (
    ApiKey,
    AuditEvent,
    Collection,
    IdempotencyKey,
    Role,
    SignInLink,
    Visibility,
)


@pytest.fixture(autouse=True)
def _key(settings: Settings) -> None:
    secret_key.load(settings)


async def test_a_key_opens_until_it_is_revoked(database: Database) -> None:
    async with database.begin() as session:
        plaintext = await create_key(session, "integração n8n", Role.CURATOR)
        assert plaintext.startswith("cogep_")
        principal = await authenticate_key(session, plaintext)
        assert (principal.kind, principal.role) == (PrincipalKind.KEY, Role.CURATOR)
        assert principal.label == f"key:{principal.id}"
        stored = (await list_keys(session))[0]
        assert plaintext.encode() not in stored.key_hash
        assert stored.hint == plaintext[:10]
        await revoke_key(session, "integração n8n")
        with pytest.raises(AppError) as raised:
            await authenticate_key(session, plaintext)
        assert raised.value.code == "key_invalid"
        assert await list_keys(session) == []
    async with database.begin() as session:
        acts = list(await session.scalars(sa.select(AuditEvent.act).order_by(AuditEvent.id)))
        assert acts == ["key_created", "key_revoked"]


async def test_an_expired_key_is_no_good(database: Database) -> None:
    async with database.begin() as session:
        plaintext = await create_key(
            session, "curta", Role.AGENT, datetime.now(UTC) + timedelta(hours=1)
        )
        assert await authenticate_keys(session, [plaintext])
        await session.execute(sa.update(ApiKey).values(expires_at=sa.func.now()))
        assert await authenticate_keys(session, [plaintext]) == {}


BAD_NAMES = ["", "  ", "a" * 101, "nulo\x00", "quebra\nde linha"]


async def test_refuses_names_nobody_can_read(database: Database) -> None:
    for name in BAD_NAMES:
        async with database.begin() as session:
            with pytest.raises(AppError) as raised:
                await create_key(session, name, Role.AGENT)
            assert raised.value.code == "key_name_invalid"


async def test_a_live_name_is_taken_and_a_revoked_one_free(database: Database) -> None:
    async with database.begin() as session:
        await create_key(session, "painel", Role.AGENT)
        with pytest.raises(AppError) as raised:
            await create_key(session, "painel", Role.AGENT)
        assert raised.value.code == "key_name_taken"
        await revoke_key(session, "painel")
        await create_key(session, "painel", Role.AGENT)
        with pytest.raises(AppError) as raised:
            await revoke_key(session, "outra")
        assert raised.value.code == "key_not_found"
        with pytest.raises(AppError) as raised:
            await create_key(session, "velha", Role.AGENT, datetime(2020, 1, 1, tzinfo=UTC))
        assert raised.value.code == "expiry_in_past"


async def test_two_at_once_cannot_share_a_name(database: Database) -> None:
    async def make() -> str:
        try:
            async with database.begin() as session:
                return await create_key(session, "mesma", Role.AGENT)
        except AppError as error:
            return error.code

    results = await asyncio.gather(*(make() for _ in range(4)))
    assert results.count("key_name_taken") == 3


NONSENSE = ["", "cogep_", "x" * 1000, "cogep_é", "cogep_\ud800", "cogep_\x00"]


async def test_nonsense_is_no_key(database: Database) -> None:
    for text in NONSENSE:
        async with database.begin() as session:
            assert await authenticate_keys(session, [text]) == {}


async def test_use_is_noted_at_most_once_a_minute(database: Database) -> None:
    async with database.begin() as session:
        plaintext = await create_key(session, "painel", Role.AGENT)
        principal = await authenticate_key(session, plaintext)
        assert principal.id is not None
        await note_key_use(session, [principal.id])
        first = await session.scalar(sa.select(ApiKey.last_used_at))
        await note_key_use(session, [principal.id])
        assert await session.scalar(sa.select(ApiKey.last_used_at)) == first is not None


async def test_what_each_may_see(database: Database) -> None:
    async with database.begin() as session:
        session.add_all(
            [
                Collection(name="publica", visibility=Visibility.PUBLIC),
                Collection(name="interna"),
                Collection(name="vencida", expires_at=sa.func.now()),
                Collection(name="temporaria", expires_at=sa.text("now() + interval '1 hour'")),
            ]
        )
        await session.flush()

        async def seen(principal: Principal) -> list[str]:
            statement = sa.select(Collection.name).where(
                Collection.id.in_(visible_collections(principal))
            )
            return sorted(await session.scalars(statement))

        for role in (Role.ADMIN, Role.AGENT, Role.CURATOR, Role.DPO):
            staff = Principal(PrincipalKind.KEY, role)
            assert await seen(staff) == ["interna", "publica", "temporaria"]
        assert await seen(Principal(PrincipalKind.SESSION, Role.REQUESTER)) == ["publica"]
        assert await seen(ANONYMOUS) == ["publica"]


def test_nobody_may_do_what_no_role_allows() -> None:
    assert not any(ANONYMOUS.may(act) for act in Act)
    # Access records are the encarregado's alone (Marco Civil, art. 15).
    assert {act for act in Act if not SYSTEM.may(act)} == {Act.READ_ACCESS_RECORDS}
    agent = Principal(PrincipalKind.KEY, Role.AGENT)
    assert agent.may(Act.ASK)
    with pytest.raises(AppError) as raised:
        agent.require(Act.DELETE_DOCUMENTS)
    assert raised.value.code == "role_not_allowed"


async def test_what_has_expired_is_swept(database: Database) -> None:
    async with database.begin() as session:
        old = sa.text("now() - interval '25 hours'")
        session.add_all(
            [
                SignInLink(token_hash=b"a", role=Role.ADMIN, expires_at=old),
                SignInLink(token_hash=b"b", role=Role.ADMIN, expires_at=sa.func.now()),
                IdempotencyKey(
                    principal="p",
                    route="r",
                    key="k",
                    body_hash=b"",
                    status=202,
                    reply={},
                    created_at=old,
                ),
            ]
        )
        await session.flush()
        assert await sweep_expired(session) == 2
