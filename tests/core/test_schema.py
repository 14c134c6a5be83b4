"""The migrations are the only way the schema changes, and say what the models say."""

import psycopg
import pytest
import sqlalchemy as sa
from alembic.config import Config
from sqlalchemy.engine import URL

from cogep_assist.core import schema, schema_patience
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.passages import passage_mark

# Of two passages one is out by itself; the whole document is out besides.
HIDDEN_DOCUMENT = """
    WITH d AS (
        INSERT INTO ai.document (id, collection_id, source_key, title, media_type, hidden_at)
        SELECT gen_random_uuid(), id, 'guia', 'Guia', 'text/plain', now() FROM ai.collection
        RETURNING id, collection_id
    ), v AS (
        INSERT INTO ai.document_version (id, document_id, number, title, text, content_sha256,
                                         parser, pipeline_release, media_type)
        SELECT gen_random_uuid(), id, 1, 'Guia', 'x', 'x', 'text', 1, 'text/plain' FROM d
        RETURNING id, document_id
    ), p AS (
        INSERT INTO ai.hidden_passage (document_id, text_sha256, hidden_by)
        SELECT id, %(mark)s, 'system' FROM d
    )
    INSERT INTO ai.chunk (id, collection_id, document_id, version_id, ordinal, start_offset,
                          end_offset, text, hidden)
    SELECT gen_random_uuid(), d.collection_id, d.id, v.id, t.n, 0, 1, t.said, true
      FROM d, v, (VALUES (0, E'Índice  geral\\n'), (1, 'São trinta dias.')) AS t (n, said)
"""


def test_the_database_is_what_the_models_say(database_url: URL) -> None:
    assert schema.current(database_url) == schema.head()
    assert schema.differences(database_url) == []


def test_up_down_up_with_data(database_url: URL) -> None:
    with psycopg.connect(conninfo(database_url)) as connection:
        connection.execute(
            "INSERT INTO ai.collection (id, name) VALUES (gen_random_uuid(), 'férias')"
        )
        connection.execute(HIDDEN_DOCUMENT, {"mark": passage_mark("Índice geral")})
    # Before whole documents went out of the answers: only what was out by itself stays out.
    schema.downgrade(database_url, "0266")
    with psycopg.connect(conninfo(database_url)) as connection:
        hidden = connection.execute("SELECT hidden FROM ai.chunk ORDER BY ordinal").fetchall()
    assert hidden == [(True,), (False,)]
    schema.downgrade(database_url, "base")
    assert schema.current(database_url) is None
    schema.upgrade(database_url)
    assert schema.differences(database_url) == []


@pytest.mark.slow
def test_each_migration_goes_down_one_step_and_up_again(database_url: URL) -> None:
    for _ in range(len(schema.known_revisions())):
        schema.downgrade(database_url, "-1")
    assert schema.current(database_url) is None
    schema.upgrade(database_url)
    assert schema.current(database_url) == schema.head()


def test_an_owner_without_the_rights_is_told_which(
    database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    def migrate(config: Config, _revision: str) -> None:
        connection = config.attributes["connection"]
        connection.execute(sa.text("SET ROLE cogep_app"))
        connection.execute(sa.text("CREATE SCHEMA novo"))

    monkeypatch.setattr("cogep_assist.core.schema.command.upgrade", migrate)
    with pytest.raises(AppError, match="schema_owner_powerless") as caught:
        schema.upgrade(database_url)
    assert "permission denied" in caught.value.message
    assert f"GRANT cogep_app TO {database_url.username}" in caught.value.remedy


async def test_the_application_role_cannot_rewrite_the_audit(database: Database) -> None:
    connection = await database.connect()
    async with connection:
        role = await (await connection.execute("SELECT current_user")).fetchone()
        assert role == ("cogep_app",)
        for statement in (
            "UPDATE lgpd.audit_event SET act = 'x'",
            "DELETE FROM lgpd.audit_event",
            "TRUNCATE lgpd.audit_event",
            "CREATE TABLE ai.minha (id int)",
            "DELETE FROM access.alembic_version",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await connection.execute(statement)


# Below a migration that changes a table: one that only grants waits for nobody.
UNDER_A_COLUMN = "0237"


def test_a_migration_gives_way_while_tables_are_in_use(
    database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema_patience, "LOCK_SECONDS", 0.1)
    monkeypatch.setattr(schema_patience, "PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(schema_patience, "PATIENCE_SECONDS", 0.0)
    with psycopg.connect(conninfo(database_url), application_name="relatório") as reader:
        tables = reader.execute(
            "SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables"
            " WHERE schemaname IN ('ai', 'access', 'crm', 'lgpd')"
        ).fetchone()
        reader.execute(f"LOCK {tables[0] if tables else ''} IN ACCESS SHARE MODE".encode())
        with pytest.raises(AppError, match="schema_in_use") as caught:
            schema.downgrade(database_url, UNDER_A_COLUMN)
        assert caught.value.details["pid"] == reader.info.backend_pid
        monkeypatch.setattr(schema_patience, "PATIENCE_SECONDS", 60.0)
        heard: list[AppError] = []

        def on_wait(holder: AppError) -> None:
            heard.append(holder)
            reader.rollback()

        schema.downgrade(database_url, UNDER_A_COLUMN, on_wait=on_wait)
    assert [holder.details["pid"] for holder in heard] == [caught.value.details["pid"]]
    schema.upgrade(database_url)
    assert schema.current(database_url) == schema.head()
