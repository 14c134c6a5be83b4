"""After the master key was exchanged: seal anew, under the new one, what the database holds.

Row by row and a batch to a transaction: stopped anywhere, it goes on by being done again, because
what is sealed under the newest key is passed over.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row
from sqlalchemy.engine import URL

from cogep_assist.core.db import connect_arguments, conninfo
from cogep_assist.core.errors import AppError
from cogep_assist.core.sealing import sealed_anew

BATCH = 500


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed values: under which purpose, and whose key is the context."""

    table: str
    column: str
    purpose: str
    context: str = "id"
    key: tuple[str, ...] = ("id",)
    own_key: bool = False

    @property
    def name(self) -> str:
        """The column with its table."""
        return f"{self.table}.{self.column}"


SEALED_COLUMNS = (
    SealedColumn("access.model_choice", "api_key", "model-key", "kind", ("kind",)),
    SealedColumn("access.outbox", "payload", "outbox"),
    SealedColumn(
        "access.outbox_attempt", "reply_body", "outbox-reply", "outbox_id", ("outbox_id", "attempt")
    ),
    SealedColumn("access.user", "totp_secret", "totp"),
    SealedColumn("access.webhook", "url_sealed", "webhook-url"),
    SealedColumn("access.webhook", "secret_sealed", "webhook-secret"),
    SealedColumn("access.webhook", "previous_secret_sealed", "webhook-secret"),
    SealedColumn("lgpd.access_record", "sealed", "access-record"),
    SealedColumn("lgpd.erasure", "subject", "erasure-subject"),
    SealedColumn("lgpd.officer_appointment", "act_content", "officer-act"),
    SealedColumn("lgpd.preserved_original", "sealed", "preserved-original"),
    SealedColumn(
        "lgpd.pseudonym_vault",
        "sealed",
        "pseudonym-vault",
        "conversation_id",
        ("conversation_id",),
        own_key=True,
    ),
    SealedColumn("lgpd.request_document", "content", "request-document"),
    SealedColumn("lgpd.subject_export", "sealed", "subject-export"),
)


@dataclass(slots=True)
class SealedAnew:
    """What was sealed anew, by column, and what no key of ours opens."""

    rows: dict[str, int] = field(default_factory=dict)
    unreadable: dict[str, int] = field(default_factory=dict)


def seal_anew(
    owner: URL, tell: Callable[[str, int], None] = lambda _name, _rows: None
) -> SealedAnew:
    """Seal every value under the newest key; safe to repeat, and to stop anywhere.

    ``tell`` is called after each batch with the column and how many rows were sealed in it. A row
    that somebody writes meanwhile keeps what they wrote.
    """
    done = SealedAnew()
    options = connect_arguments(owner, as_app=False)
    with psycopg.connect(conninfo(owner), autocommit=True, **options) as connection:
        for column in SEALED_COLUMNS:
            for rows in _batches(connection, column):
                with connection.transaction():
                    sealed, unreadable = _seal_batch(connection, column, rows)
                done.rows[column.name] = done.rows.get(column.name, 0) + sealed
                if unreadable:
                    done.unreadable[column.name] = done.unreadable.get(column.name, 0) + unreadable
                tell(column.name, sealed)
    return done


def _batches(connection: psycopg.Connection, column: SealedColumn) -> Iterator[list[Any]]:
    """Yield rows by their key, context and value, in the order of their keys."""
    key = sql.SQL(", ").join(map(sql.Identifier, column.key))
    parts = {
        "key": key,
        "context": sql.Identifier(column.context),
        "column": sql.Identifier(column.column),
        "table": sql.Identifier(*column.table.split(".")),
    }
    after: tuple[Any, ...] | None = None
    while True:
        marks = sql.SQL(", ").join([sql.Placeholder()] * len(column.key))
        behind = sql.SQL("AND ({key}) > ({marks})").format(marks=marks, **parts)
        query = sql.SQL(
            "SELECT CAST({context} AS text) AS told_context, {column}, {key} FROM {table}"
            " WHERE {column} IS NOT NULL {behind} ORDER BY {key} LIMIT {batch}"
        ).format(behind=behind if after else sql.SQL(""), batch=sql.Literal(BATCH), **parts)
        with connection.cursor(row_factory=tuple_row) as cursor:
            rows = cursor.execute(query, after or ()).fetchall()
        if rows:
            yield rows
        if len(rows) < BATCH:
            return
        after = tuple(rows[-1][2:])


def _seal_batch(
    connection: psycopg.Connection, column: SealedColumn, rows: list[Any]
) -> tuple[int, int]:
    same = sql.SQL(" AND ").join(
        sql.SQL("{} = %s").format(sql.Identifier(name)) for name in column.key
    )
    update = sql.SQL("UPDATE {} SET {column} = %s WHERE {} AND {column} = %s").format(
        sql.Identifier(*column.table.split(".")), same, column=sql.Identifier(column.column)
    )
    sealed = unreadable = 0
    for context, value, *key in rows:
        try:
            fresh = sealed_anew(column.purpose, bytes(value), context, own_key=column.own_key)
        except AppError:
            unreadable += 1
            continue
        if fresh is not None:
            sealed += connection.execute(update, [fresh, *key, value]).rowcount
    return sealed, unreadable
