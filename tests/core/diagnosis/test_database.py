"""The ways to miss the database, and the schemas that went astray: each is named."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import URL

from cogep_assist.cli.app import run
from cogep_assist.core import schema
from cogep_assist.core.config import load_settings
from cogep_assist.core.db import conninfo
from cogep_assist.core.diagnosis import connection as connection_checks
from cogep_assist.core.diagnosis.finding import Finding, State
from cogep_assist.core.diagnosis.run import Subject, diagnose, healthy
from cogep_assist.core.errors import AppError
from cogep_assist.core.messages import message_for
from cogep_assist.core.models import SCHEMAS, Base


async def examine(
    url: URL | AppError, *, stopped: bool = True, **settings: object
) -> list[Finding]:
    chosen = load_settings(**settings)
    return await diagnose(Subject(chosen, Path("nenhum.env"), url, stopped=stopped))


def named(findings: list[Finding], code: str) -> Finding:
    found = [finding for finding in findings if finding.code == code]
    assert found, [finding.code for finding in findings]
    assert "?" not in found[0].text + found[0].remedy
    return found[0]


def change(url: URL, *statements: str) -> None:
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@pytest.fixture
def empty_url(server_url: URL, request: pytest.FixtureRequest) -> Iterator[URL]:
    """A database in which nothing was ever made."""
    name = f"cogep_vazio_{abs(hash(request.node.nodeid)) % 10**10}"
    with psycopg.connect(conninfo(server_url), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield server_url.set(database=name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def other_program() -> AsyncIterator[int]:
    """A server that is no PostgreSQL."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(64)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


def closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


async def test_a_sound_database_has_nothing_wrong(database_url: URL) -> None:
    findings = await examine(database_url)
    assert healthy(findings), [f.text for f in findings if f.state is State.ERROR]
    codes = {finding.code for finding in findings}
    assert {
        "doctor_schema_ok",
        "doctor_enums_ok",
        "doctor_pgvector_ok",
        "doctor_drift_none",
    } <= codes


async def test_a_wrong_password_is_named_without_showing_it(server_url: URL) -> None:
    findings = await examine(server_url.set(password="senha-secreta-errada"))
    found = named(findings, "doctor_database_password")
    assert server_url.username is not None
    assert server_url.username in found.text
    assert "senha-secreta-errada" not in str([f.as_json() for f in findings])
    assert named(findings, "doctor_needs_database").state is State.SKIPPED


async def test_a_missing_database_is_named(server_url: URL) -> None:
    found = named(await examine(server_url.set(database="não_há")), "doctor_database_missing")
    assert "não_há" in found.text


async def test_a_missing_user_reads_as_a_refused_password(server_url: URL) -> None:
    # The server does not tell strangers which users exist.
    named(await examine(server_url.set(username="ninguem")), "doctor_database_password")


async def test_a_wrong_port_names_the_right_one(
    server_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_checks, "_USUAL_PORTS", (server_url.port,))
    found = named(await examine(server_url.set(port=closed_port())), "doctor_database_port")
    assert str(server_url.port) in found.remedy


async def test_a_database_that_is_down_is_named(
    server_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_checks, "_USUAL_PORTS", ())
    named(await examine(server_url.set(port=closed_port())), "doctor_database_down")


async def test_another_program_on_the_port_is_named(server_url: URL, other_program: int) -> None:
    named(await examine(server_url.set(port=other_program)), "doctor_database_other_program")


async def test_a_compose_name_is_unknown_outside_the_containers(
    server_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unknown(_: str) -> bool:
        return False

    monkeypatch.setattr(connection_checks, "_resolves", unknown)
    said = "could not translate host name"
    found = await connection_checks.explain_refusal(server_url.set(host="postgres"), said)
    assert found.code == "doctor_database_compose_name"
    assert "localhost" in found.remedy
    found = await connection_checks.explain_refusal(server_url.set(host="bd.orgao.gov.br"), said)
    assert found.code == "doctor_database_host"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (
            'FATAL:  autenticação do tipo senha falhou para o usuário "ana"',
            "doctor_database_password",
        ),
        ('FATAL:  banco de dados "x" não existe', "doctor_database_missing"),
        ('FATAL:  role "joão" does not exist', "doctor_database_user"),
        ("FATAL:  no pg_hba.conf entry for host", "doctor_database_host_refused"),
        ("FATAL:  sorry, too many clients already", "doctor_database_full"),
        ("FATAL:  the database system is starting up", "doctor_database_starting"),
        ("fe_sendauth: no password supplied", "doctor_database_no_password"),
    ],
)
async def test_the_servers_words_are_understood(server_url: URL, said: str, code: str) -> None:
    found = await connection_checks.explain_refusal(server_url, said)
    assert found.code == code


async def test_settings_that_disagree_are_named_by_field_without_the_passwords() -> None:
    findings = await examine(
        AppError("database_settings_disagree", field="POSTGRES_PASSWORD"),
        database_url="postgresql://ana:segredo1@localhost:5432/cogep",
        postgres_password="segredo2",
    )
    found = named(findings, "database_settings_disagree")
    assert "POSTGRES_PASSWORD" in found.text
    assert "segredo" not in str([finding.as_json() for finding in findings])
    assert sum(finding.code == found.code for finding in findings) == 1


async def test_an_empty_database_wants_its_migrations(empty_url: URL) -> None:
    findings = await examine(empty_url)
    assert "cogep db upgrade" in named(findings, "doctor_schema_missing").remedy
    named(findings, "doctor_needs_schema")
    # As where an administrator keeps extensions in a schema of their own.
    elsewhere = empty_url.update_query_dict({"options": "-csearch_path=pg_catalog"})
    found = named(await examine(elsewhere), "doctor_pgvector_out_of_reach")
    assert f"ALTER ROLE {empty_url.username} SET search_path = public, public" in found.remedy
    opened = await connection_checks.open_connection(elsewhere)
    assert not isinstance(opened, Finding)
    async with opened:
        assert await connection_checks.unsuitable(opened, elsewhere) == found


async def test_a_server_that_is_too_old_is_refused_and_the_docs_name_the_same_minimum(
    database_url: URL, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    oldest = f"PostgreSQL {connection_checks.OLDEST_SERVER // 10_000} ou mais novo"
    guide = Path(__file__).parents[3] / "docs/como-fazer/postgresql-proprio.md"
    assert oldest in guide.read_text("utf-8")
    assert oldest in message_for("embedded_unsupported_platform").remedy
    monkeypatch.setattr(connection_checks, "OLDEST_SERVER", 990_000)
    old = named(await examine(database_url), "doctor_database_old")
    assert old.remedy == "Atualize-o para a versão 99 ou mais nova."
    monkeypatch.setenv("DATABASE_URL", conninfo(database_url))
    assert await asyncio.to_thread(run, ["db", "upgrade"]) == 1
    assert "é antigo demais" in capsys.readouterr().err


async def test_a_database_that_an_administrator_closed_to_writing_is_named(
    database_url: URL,
) -> None:
    change(
        database_url,
        f"ALTER DATABASE {database_url.database} SET default_transaction_read_only = on",
    )
    closed = named(await examine(database_url), "doctor_database_read_only")
    assert f"ALTER DATABASE {database_url.database} RESET" in closed.remedy


async def test_a_database_in_another_encoding_is_refused_before_it_is_migrated(
    server_url: URL, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    latin = server_url.set(database="cogep_latin1")
    with psycopg.connect(conninfo(server_url), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS cogep_latin1")
        # Before 15 there was no other provider, and no word for this one.
        provider = "LOCALE_PROVIDER libc" if connection.info.server_version >= 150_000 else ""
        connection.execute(
            f"CREATE DATABASE cogep_latin1 ENCODING 'LATIN1' {provider} LOCALE 'C'"
            " TEMPLATE template0".encode()
        )
        monkeypatch.setenv("DATABASE_URL", conninfo(latin))
        assert await asyncio.to_thread(run, ["db", "upgrade"]) == 1
        assert "não usa UTF-8, e sim LATIN1" in capsys.readouterr().err
        connection.execute("DROP DATABASE cogep_latin1 WITH (FORCE)")


async def test_tables_left_by_create_all_are_named(empty_url: URL) -> None:
    engine = sa.create_engine(empty_url, poolclass=sa.NullPool)
    with engine.begin() as link:
        for name in SCHEMAS:
            link.execute(sa.schema.CreateSchema(name))
        Base.metadata.create_all(link)
    engine.dispose()
    found = named(await examine(empty_url), "doctor_schema_create_all")
    assert "create_all" in found.text


async def test_a_base_behind_the_code_is_named(database_url: URL) -> None:
    schema.downgrade(database_url, "-1")
    found = named(await examine(database_url), "doctor_schema_behind")
    assert schema.head() in found.text


async def test_code_older_than_the_base_is_named(database_url: URL) -> None:
    change(database_url, "UPDATE access.alembic_version SET version_num = '9999'")
    assert "9999" in named(await examine(database_url), "doctor_schema_ahead").text


async def test_upper_case_labels_are_named(database_url: URL) -> None:
    change(database_url, "ALTER TYPE access.role RENAME VALUE 'admin' TO 'ADMIN'")
    found = named(await examine(database_url), "doctor_enum_upper_case")
    assert "access.role" in found.text
    assert "ADMIN" in found.text


async def test_a_label_that_is_missing_is_named(database_url: URL) -> None:
    change(database_url, "ALTER TYPE ai.job_stage RENAME VALUE 'embed' TO 'vetorizar'")
    assert "embed" in named(await examine(database_url), "doctor_enum_label_missing").text


async def test_a_label_too_many_is_named(database_url: URL) -> None:
    change(database_url, "ALTER TYPE ai.job_stage ADD VALUE 'extra'")
    assert "extra" in named(await examine(database_url), "doctor_enum_label_extra").text


async def test_an_enum_outside_its_schema_is_named(database_url: URL) -> None:
    change(database_url, "ALTER TYPE ai.visibility SET SCHEMA public")
    found = named(await examine(database_url), "doctor_enum_elsewhere")
    assert "ai.visibility" in found.text
    assert "public" in found.text


async def test_a_column_left_as_varchar_is_named(database_url: URL) -> None:
    change(
        database_url,
        "ALTER TABLE access.sign_in_link ALTER COLUMN role TYPE varchar USING role::text",
    )
    found = named(await examine(database_url), "doctor_enum_column_text")
    assert "access.sign_in_link.role" in found.text
    assert "native_enum=False" in found.text


async def test_a_type_made_by_hand_is_named(database_url: URL) -> None:
    change(
        database_url,
        "CREATE TYPE public.papel AS ENUM ('admin', 'agent', 'curator', 'dpo', 'requester')",
        "ALTER TABLE access.session ALTER COLUMN role TYPE papel USING role::text::papel",
    )
    assert "public.papel" in named(await examine(database_url), "doctor_enum_column_other").text


async def test_a_column_changed_by_hand_is_drift(database_url: URL) -> None:
    change(database_url, "ALTER TABLE access.worker ADD COLUMN apelido text")
    assert "apelido" in named(await examine(database_url), "doctor_drift").text


async def test_an_audit_that_can_be_rewritten_is_named(database_url: URL) -> None:
    change(database_url, "GRANT DELETE ON lgpd.audit_event TO cogep_app")
    named(await examine(database_url), "doctor_role_may_rewrite_audit")


async def test_a_role_without_rights_is_named(database_url: URL) -> None:
    change(database_url, "REVOKE USAGE ON SCHEMA ai FROM cogep_app")
    named(await examine(database_url), "doctor_role_powerless")


async def test_a_server_without_vectors_is_named_before_anything_is_made(
    empty_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = connection_checks._row

    async def without(connection: connection_checks.Connection, text: str) -> tuple[Any, ...]:
        if "pg_available_extensions" in text:
            return None, None, None, "ana", None
        return await asked(connection, text)

    monkeypatch.setattr(connection_checks, "_row", without)
    opened = await connection_checks.open_connection(empty_url)
    assert not isinstance(opened, Finding)
    async with opened:
        refused = await connection_checks.unsuitable(opened, empty_url)
    assert refused is not None
    assert refused.code == "doctor_pgvector_missing"
