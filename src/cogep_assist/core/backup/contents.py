"""What the tables hold: rows and a hash of each, the same before a backup and after a restore."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from cogep_assist.core.models import SCHEMAS

Connection = psycopg.Connection[tuple[Any, ...]]
Tell = Callable[[str, int], None]

# Rows that say which processes run, not what the organisation knows.
HOUSEKEEPING = frozenset(
    {
        "access.alembic_version",
        "access.background_job",
        "access.idempotency_key",
        "access.schedule_run",
        "access.session",
        "access.sign_in_link",
        "access.worker",
        "lgpd.audit_event",
        "lgpd.audit_pending",
        "lgpd.audit_seal",
    }
)


@dataclass(frozen=True, slots=True)
class TableContents:
    """One table's rows: how many, and a hash that does not depend on their order."""

    rows: int
    hash: str
    columns: tuple[str, ...]


def table_sizes(connection: Connection) -> dict[str, int]:
    """Return every table of ours and its bytes on disk, by qualified name."""
    found = connection.execute(
        """
        SELECT n.nspname || '.' || c.relname, pg_table_size(c.oid)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ANY(%s) AND c.relkind = 'r'
        ORDER BY 1
        """,
        [list(SCHEMAS)],
    )
    return {str(name): int(size) for name, size in found}


def read_contents(
    connection: Connection, tables: Sequence[str], tell: Tell
) -> dict[str, TableContents]:
    """Count and hash tables in the connection's transaction; ``tell`` hears each one's end."""
    prepare_text(connection)
    contents = {}
    for table in tables:
        contents[table] = _read_table(connection, table, _columns(connection, table))
        tell(table, contents[table].rows)
    return contents


def different_tables(
    connection: Connection, expected: dict[str, TableContents], tell: Tell
) -> list[str]:
    """Return the tables whose rows or contents are not as expected, or that nobody expects."""
    prepare_text(connection)
    present = table_sizes(connection)
    wrong = [table for table in present if table not in expected]
    for table, contents in expected.items():
        if table not in present:
            wrong.append(table)
            continue
        found = _read_table(connection, table, contents.columns)
        if found != contents:
            wrong.append(table)
        tell(table, found.rows)
    return wrong


def has_contents(connection: Connection) -> bool:
    """Tell whether there is anything that somebody would miss."""
    for table in table_sizes(connection):
        if table in HOUSEKEEPING:
            continue
        query = sql.SQL("SELECT 1 FROM {} LIMIT 1").format(_identifier(table))
        if connection.execute(query).fetchone() is not None:
            return True
    return False


def prepare_text(connection: Connection) -> None:
    """Fix every setting that changes how a value reads as text."""
    for setting in (
        "SET datestyle = 'ISO, YMD'",
        "SET intervalstyle = 'postgres'",
        "SET timezone = 'UTC'",
        "SET extra_float_digits = 1",
        "SET bytea_output = 'hex'",
        "SET xmlbinary = 'base64'",
        "SET lc_monetary = 'C'",
    ):
        connection.execute(sql.SQL(setting))


def _columns(connection: Connection, table: str) -> tuple[str, ...]:
    schema, name = table.split(".", 1)
    found = connection.execute(
        """
        SELECT column_name FROM information_schema.columns
        WHERE table_schema = %s AND table_name = %s ORDER BY column_name
        """,
        [schema, name],
    )
    return tuple(str(row[0]) for row in found)


def _read_table(connection: Connection, table: str, columns: tuple[str, ...]) -> TableContents:
    """Add up the first 128 bits of each row's SHA-256: a sum does not care about order.

    Bytes are hashed on their own first, because as text they would take twice their size.
    """
    types = _binary_columns(connection, table)
    parts = [
        sql.SQL("sha256({})" if name in types else "{}").format(sql.Identifier(name))
        for name in columns
    ]
    query = sql.SQL(
        """
        SELECT count(*), coalesce(sum(high), 0)::text, coalesce(sum(low), 0)::text
        FROM (
            SELECT ('x' || substr(digest, 1, 16))::bit(64)::bigint AS high,
                   ('x' || substr(digest, 17, 16))::bit(64)::bigint AS low
            FROM (SELECT encode(sha256(convert_to(ROW({})::text, 'UTF8')), 'hex') AS digest
                  FROM {}) AS hashed
        ) AS numbers
        """
    ).format(sql.SQL(", ").join(parts), _identifier(table))
    try:
        row = connection.execute(query).fetchone()
    except psycopg.errors.UndefinedColumn:
        connection.rollback()
        return TableContents(-1, "", columns)
    assert row is not None
    return TableContents(int(row[0]), f"{row[1]}:{row[2]}", columns)


def _binary_columns(connection: Connection, table: str) -> set[str]:
    schema, name = table.split(".", 1)
    found = connection.execute(
        """
        SELECT column_name FROM information_schema.columns
        WHERE table_schema = %s AND table_name = %s AND data_type = 'bytea'
        """,
        [schema, name],
    )
    return {str(row[0]) for row in found}


def _identifier(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split(".", 1))
