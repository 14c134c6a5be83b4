"""What the application's role gets on tables that are made later: its owner's default grants."""

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg import sql

from cogep_assist.core.backup.contents import Connection
from cogep_assist.core.db import APP_ROLE

KINDS = {"r": "TABLES", "S": "SEQUENCES", "f": "FUNCTIONS", "T": "TYPES"}
PRIVILEGES = frozenset(
    {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"}
    | {"USAGE", "EXECUTE"}
)


@dataclass(frozen=True, slots=True, order=True)
class DefaultGrant:
    """One privilege on one kind of object in one schema."""

    schema: str
    kind: str
    privilege: str


def read_default_grants(connection: Connection) -> list[DefaultGrant]:
    """Return what the application's role is granted by default in this database."""
    found = connection.execute(
        """
        SELECT DISTINCT n.nspname, d.defaclobjtype, a.privilege_type
        FROM pg_default_acl d
        JOIN pg_namespace n ON n.oid = d.defaclnamespace
        CROSS JOIN LATERAL aclexplode(d.defaclacl) AS a
        JOIN pg_roles r ON r.oid = a.grantee
        WHERE r.rolname = %s
        """,
        [APP_ROLE],
    )
    return sorted(DefaultGrant(_text(row[0]), _text(row[1]), _text(row[2])) for row in found)


def grant_by_default(connection: Connection, grants: Iterable[DefaultGrant]) -> None:
    """Grant on what the connection's role makes from now on."""
    for grant in grants:
        if grant.kind in KINDS and grant.privilege in PRIVILEGES:
            connection.execute(_statement("GRANT {} ON {} TO {}", grant))


def revoke_default_grants(connection: Connection, grants: Iterable[DefaultGrant]) -> None:
    """Take default grants back again."""
    for grant in grants:
        connection.execute(_statement("REVOKE {} ON {} FROM {}", grant))


def _statement(act: str, grant: DefaultGrant) -> sql.Composed:
    return sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA {} ").format(
        sql.Identifier(grant.schema)
    ) + sql.SQL(act).format(
        sql.SQL(grant.privilege), sql.SQL(KINDS[grant.kind]), sql.Identifier(APP_ROLE)
    )


def _text(value: object) -> str:
    # pg_default_acl names kinds by the one-byte "char" type.
    return value.decode() if isinstance(value, bytes) else str(value)
