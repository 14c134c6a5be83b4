"""An erasure reaches every text that the product keeps, wherever somebody wrote a name into it."""

from typing import Any

import psycopg
import pytest
from api import Api, running_api
from psycopg import AsyncConnection, sql
from seeded_base import seed
from sqlalchemy.engine import URL

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.models import ErasureStatus
from cogep_assist.core.principal import SYSTEM
from cogep_assist.lgpd_service.erasure.erasure_run import run_erasure
from cogep_assist.lgpd_service.erasure.erasures import confirm_erasure, plan_erasure
from cogep_assist.lgpd_service.subject_data.catalog import CatalogTable, Column, read_catalog
from cogep_assist.lgpd_service.subject_data.found_rows import fate_of
from cogep_assist.lgpd_service.subject_data.identity import subject_of_customer
from cogep_assist.lgpd_service.subject_data.registry import REGISTRY
from cogep_assist.lgpd_service.subject_data.rules import Fate

# Nobody types into these: what stands there is a word of the program, a number or a digest.
OF_THE_PROGRAM = {
    "access.alembic_version": "the revision of the schema",
    "lgpd.audit_seal": "digests, numbers and signatures",
    "lgpd.automated_decision": "ids, keys and whole numbers; whom it was about is emptied",
    "lgpd.counter": "series of numbers",
    "lgpd.deadline_rule": "the keys of deadlines",
    "lgpd.model_transfer": "services, models and counts",
    "lgpd.receipt": "numbers, kinds and a digest; the content is emptied",
    "lgpd.retention_rule": "the keys of classes; their terms may be changed",
}
PROGRAM_COLUMNS = {"sha256", "size_bytes", "actor", "created_by", "kind", "status"}
NAMES = ("Zoraide Quixabeira Canário", "ZORAÍDE QUIXABEIRA CANARIO", "529.982.247-25")
ESCAPED = "Zora&iacute;de Quixabeira Can&#225;rio"
EMAIL = "zoraide.quixabeira@exemplo.com.br"


def written(table: CatalogTable) -> list[Column]:
    """The columns of a table in which an erasure looks for a person."""
    opaque = REGISTRY[table.name].opaque if table.name in REGISTRY else {}
    passed = PROGRAM_COLUMNS | set(opaque)
    return [one for one in (*table.texts, *table.bytes) if one.name not in passed]


async def test_the_role_that_erases_may_change_what_it_looks_through(database: Database) -> None:
    connection = await database.connect()
    try:
        catalog = await read_catalog(connection)
        stuck = [
            f"{table.name}.{column.name}"
            for table in catalog
            if fate_of(table) is not Fate.KEEP and table.name not in OF_THE_PROGRAM
            for column in written(table)
            if not await _may_clean(connection, table, column)
        ]
    finally:
        await connection.close()
    assert len(catalog) > 100
    assert not stuck, f"an erasure that finds a name there never ends: {stuck}"


async def _may_clean(connection: AsyncConnection[Any], table: CatalogTable, column: Column) -> bool:
    """Whether the row may go, where its key names somebody, or the text be rewritten."""
    cursor = await connection.execute(
        "SELECT has_table_privilege(%(t)s, 'DELETE'), has_column_privilege(%(t)s, %(c)s, 'UPDATE')",
        {"t": table.name, "c": column.name},
    )
    may = await cursor.fetchone()
    assert may is not None
    return bool(may[0] if column.in_key or column.generated else may[1])


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_name_written_everywhere_is_gone_afterwards(
    settings: Settings, database: Database, database_url: URL
) -> None:
    async with running_api(settings, database) as api:
        customer = await _someone_among_everything(api)
    connection = await database.connect()
    catalog = await read_catalog(connection)
    await connection.close()
    searched = [
        table
        for table in catalog
        if fate_of(table) not in {Fate.KEEP, Fate.REBUILD} and table.name not in OF_THE_PROGRAM
    ]
    with psycopg.connect(conninfo(database_url), autocommit=True) as owner:
        # An address that another customer has too is that one's, and stays.
        placed = sum(
            _write(owner, table, customer)
            for table in searched
            if table.name != "crm.customer_contact"
        )
    assert placed > 200
    async with database.begin() as session:
        subject = await subject_of_customer(session, customer)
        planned = await plan_erasure(session, SYSTEM, subject)
    async with database.begin() as session:
        await confirm_erasure(session, SYSTEM, planned.id, planned.protocol.lower())
    assert await run_erasure(database, settings.data_dir, planned.id) is ErasureStatus.COMPLETED
    with psycopg.connect(conninfo(database_url)) as owner:
        left = [f"{table.name}: {told}" for table in searched if (told := _left(owner, table))]
    assert left == []


async def _someone_among_everything(api: Api) -> Any:
    base = await seed(api)
    contacts = [{"kind": "email", "value": EMAIL}]
    body = {"kind": "person", "name": NAMES[0], "cpf": NAMES[2], "contacts": contacts}
    made = await base.admin.post("/crm/customers", json=body)
    assert made.status_code == 201
    return made.json()["id"]


def _write(owner: psycopg.Connection, table: CatalogTable, customer: str) -> int:
    """Write the person into every text of a table, a spelling to a row; return how many took it."""
    placed = 0
    for column in table.texts:
        for row, name in enumerate((ESCAPED, *NAMES, EMAIL)):
            value = _VALUES.get(column.type)
            if value is None or column.name in PROGRAM_COLUMNS | {"series", "principal", "topic"}:
                continue
            where = sql.SQL("WHERE to_jsonb(t)->>'id' IS DISTINCT FROM {}").format(customer)
            statement = sql.SQL(
                "UPDATE {table} SET {column} = {value} WHERE ctid = "
                "(SELECT ctid FROM {table} t {where} ORDER BY ctid OFFSET {row} LIMIT 1)"
            ).format(
                table=table.identifier,
                column=column.identifier,
                value=sql.SQL(value).format(c=column.identifier, name=name),
                where=where,
                row=row,
            )
            try:
                placed += owner.execute(statement).rowcount
            except psycopg.Error:
                # A check or a unique value: nobody can have written it there.
                continue
    return placed


_OBJECT = "{c} || jsonb_build_object('k', CAST({name} AS text), CAST({name} AS text), 1)"
_VALUES = {
    "text": "{name}",
    "character varying": "{name}",
    "text[]": "array_append({c}, {name})",
    "jsonb": f"CASE jsonb_typeof({{c}}) WHEN 'object' THEN {_OBJECT} "
    "ELSE {c} || to_jsonb(CAST({name} AS text)) END",
}


def _left(owner: psycopg.Connection, table: CatalogTable) -> str:
    """Return the columns of a table that hold the person still."""
    rows = owner.execute(
        sql.SQL(
            "SELECT DISTINCT one.key FROM {} t, jsonb_each_text(to_jsonb(t)) one "
            "WHERE one.value ~* {}"
        ).format(table.identifier, "quixabeira|52998224725|529[.]982")
    )
    return ", ".join(str(row[0]) for row in rows)
