"""Checks of the schema: the revision, the enums with their labels, the roles."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import URL

from cogep_assist.core.db import APP_ROLE
from cogep_assist.core.diagnosis.connection import Connection, fetch
from cogep_assist.core.diagnosis.finding import Finding, fail, ok, warn
from cogep_assist.core.models import SCHEMAS, Base
from cogep_assist.core.schema_head import known_revisions, newest_revision

_DRIFT_SHOWN = 3


@dataclass(frozen=True, slots=True)
class EnumColumn:
    """A column that the models declare as a native enum."""

    schema: str
    table: str
    column: str
    type_schema: str
    type_name: str
    labels: tuple[str, ...]


async def check_schema(connection: Connection, url: URL) -> list[Finding]:
    """Check the revision first: at another, all that is lacking would be told one by one."""
    revision = await check_revision(connection)
    if revision.state != "ok":
        return [revision]
    findings = [revision, *await check_enums(connection), await _check_roles(connection)]
    if all(finding.state == "ok" for finding in findings):
        findings.append(await _check_drift(url))
    return findings


async def check_revision(connection: Connection) -> Finding:
    """Tell where the database stands beside this code."""
    placed = await fetch(
        connection,
        "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relname = 'alembic_version' AND c.relkind = 'r'",
    )
    tables = await fetch(
        connection,
        "SELECT count(*) FROM pg_tables WHERE schemaname = ANY(%s) AND tablename <> %s",
        (list(SCHEMAS), "alembic_version"),
    )
    here = any(row[0] == "access" for row in placed)
    versions = (
        await fetch(connection, "SELECT version_num FROM access.alembic_version") if here else []
    )
    if not versions:
        if tables[0][0]:
            return fail("migrations", "doctor_schema_create_all", tables=tables[0][0])
        return fail("migrations", "doctor_schema_missing")
    found, head = str(versions[0][0]), newest_revision()
    if found == head:
        return ok("migrations", "doctor_schema_ok", revision=head)
    if found in known_revisions():
        return fail("migrations", "doctor_schema_behind", found=found, expected=head)
    return fail("migrations", "doctor_schema_ahead", found=found, expected=head)


async def check_enums(connection: Connection) -> list[Finding]:
    """Compare every enum type and every column of one with the models."""
    types = {
        (row[0], row[1]): tuple(row[2])
        for row in await fetch(
            connection,
            "SELECT n.nspname, t.typname, array_agg(e.enumlabel::text ORDER BY e.enumsortorder)"
            " FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace"
            " JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY 1, 2",
        )
    }
    columns = {
        (row[0], row[1], row[2]): (row[3], row[4])
        for row in await fetch(
            connection,
            "SELECT table_schema, table_name, column_name, udt_schema, udt_name"
            " FROM information_schema.columns WHERE table_schema = ANY(%s)",
            (list(SCHEMAS),),
        )
    }
    expected = list(enum_columns())
    by_type = {(column.type_schema, column.type_name): column for column in expected}
    findings = [
        finding
        for column in by_type.values()
        if (finding := _judge_type(column, types)) is not None
    ]
    findings += [
        finding for column in expected if (finding := _judge_column(column, columns)) is not None
    ]
    return findings or [ok("enums", "doctor_enums_ok", count=len(by_type))]


def enum_columns() -> Iterator[EnumColumn]:
    """Yield every enum column of the models."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            kind = column.type
            if isinstance(kind, sa.Enum) and kind.name and kind.schema:
                yield EnumColumn(
                    table.schema or "public",
                    table.name,
                    column.name,
                    kind.schema,
                    kind.name,
                    tuple(kind.enums),
                )


def _judge_type(
    column: EnumColumn, types: dict[tuple[str, str], tuple[str, ...]]
) -> Finding | None:
    name = f"{column.type_schema}.{column.type_name}"
    found = types.get((column.type_schema, column.type_name))
    if found is None:
        elsewhere = [schema_ for schema_, type_ in types if type_ == column.type_name]
        if elsewhere:
            return fail("enums", "doctor_enum_elsewhere", type=name, found=elsewhere[0])
        return fail("enums", "doctor_enum_missing", type=name)
    if found == column.labels:
        return None
    missing = [label for label in column.labels if label not in found]
    extra = [label for label in found if label not in column.labels]
    shouted = [label for label in extra if label != label.lower() and label.lower() in missing]
    if shouted:
        return fail("enums", "doctor_enum_upper_case", type=name, labels=", ".join(shouted))
    if missing:
        return fail("enums", "doctor_enum_label_missing", type=name, labels=", ".join(missing))
    if extra:
        return fail("enums", "doctor_enum_label_extra", type=name, labels=", ".join(extra))
    # Order is how values sort; the product never relies on it.
    return warn("enums", "doctor_enum_order", type=name)


def _judge_column(
    column: EnumColumn, columns: dict[tuple[str, str, str], tuple[str, str]]
) -> Finding | None:
    place = f"{column.schema}.{column.table}.{column.column}"
    found = columns.get((column.schema, column.table, column.column))
    if found is None:
        return fail("enums", "doctor_enum_column_missing", column=place)
    if found == (column.type_schema, column.type_name):
        return None
    wanted = f"{column.type_schema}.{column.type_name}"
    if found[0] == "pg_catalog":
        kind = "VARCHAR" if found[1] == "varchar" else found[1]
        return fail("enums", "doctor_enum_column_text", column=place, type=wanted, found=kind)
    return fail(
        "enums", "doctor_enum_column_other", column=place, type=wanted, found=".".join(found)
    )


async def _check_roles(connection: Connection) -> Finding:
    rows = await fetch(
        connection,
        "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s),"
        " to_regclass('lgpd.audit_event') IS NOT NULL",
        (APP_ROLE,),
    )
    role, audit = rows[0]
    if not role:
        return fail("roles", "doctor_role_missing", role=APP_ROLE)
    rights = await fetch(
        connection,
        "SELECT pg_has_role(current_user, %(role)s, 'MEMBER'),"
        " has_schema_privilege(%(role)s, 'ai', 'USAGE'),"
        " has_table_privilege(%(role)s, 'ai.ingestion_queue', 'SELECT, INSERT, UPDATE')",
        {"role": APP_ROLE},
    )
    if not all(rights[0]):
        return fail("roles", "doctor_role_powerless", role=APP_ROLE)
    if audit:
        loose = await fetch(
            connection,
            "SELECT has_table_privilege(%(role)s, 'lgpd.audit_event', 'UPDATE')"
            " OR has_table_privilege(%(role)s, 'lgpd.audit_event', 'DELETE')",
            {"role": APP_ROLE},
        )
        if loose[0][0]:
            return fail("roles", "doctor_role_may_rewrite_audit", role=APP_ROLE)
    return ok("roles", "doctor_roles_ok", role=APP_ROLE)


async def _check_drift(url: URL) -> Finding:
    # Alembic is loaded where it compares, not in every process that can diagnose.
    from cogep_assist.core.schema import differences  # noqa: PLC0415

    changes = await asyncio.to_thread(differences, url)
    if not changes:
        return ok("drift", "doctor_drift_none")
    shown = "; ".join(change[:160] for change in changes[:_DRIFT_SHOWN])
    return fail("drift", "doctor_drift", count=len(changes), shown=shown)
