"""Every table and column that the database has, from its own catalogue.

Nothing is listed by hand: a table that a later release adds, or that somebody made beside the
product, is looked through like every other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from psycopg import AsyncConnection, sql

_COLUMNS = """
    SELECT n.nspname, c.relname, a.attname, format_type(t.oid, NULL), a.attnotnull,
           coalesce(a.attnum = ANY (p.indkey), false),
           EXISTS (SELECT FROM pg_index u WHERE u.indrelid = c.oid AND u.indisunique
                      AND a.attnum = ANY (u.indkey)),
           a.attidentity <> '' OR a.attgenerated <> ''
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_index p ON p.indrelid = c.oid AND p.indisprimary
     WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
       AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
       AND has_table_privilege(c.oid, 'SELECT')
     ORDER BY 1, 2, a.attnum
"""
# What holds no text: a look at it costs and finds nothing.
_WITHOUT_TEXT = frozenset(
    {"uuid", "boolean", "oid", "xid", "halfvec", "vector", "real", "date", "smallint"}
    | {"timestamp with time zone", "timestamp without time zone"}
)
BYTES = "bytea"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the catalogue."""

    name: str
    type: str
    required: bool
    in_key: bool
    unique: bool
    generated: bool

    @property
    def holds_text(self) -> bool:
        """Whether what it holds can be read as text."""
        return self.type != BYTES and self.type not in _WITHOUT_TEXT

    @property
    def identifier(self) -> sql.Identifier:
        """Its name, quoted."""
        return sql.Identifier(self.name)


@dataclass(frozen=True, slots=True)
class CatalogTable:
    """A table of the catalogue."""

    schema: str
    table: str
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        """Its name with its schema, as the inventory has it."""
        return f"{self.schema}.{self.table}"

    @property
    def identifier(self) -> sql.Identifier:
        """Its name with its schema, quoted."""
        return sql.Identifier(self.schema, self.table)

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of its primary key; none: rows are told apart by where they lie."""
        return tuple(column.name for column in self.columns if column.in_key)

    @property
    def texts(self) -> tuple[Column, ...]:
        """The columns that hold something to read."""
        return tuple(column for column in self.columns if column.holds_text)

    @property
    def bytes(self) -> tuple[Column, ...]:
        """The columns that hold bytes."""
        return tuple(column for column in self.columns if column.type == BYTES)

    @property
    def has_revision(self) -> bool:
        """Whether who writes into a row names the revision that they read."""
        wanted = ("revision", "integer", True)
        return any((column.name, column.type, column.required) == wanted for column in self.columns)

    def column(self, name: str) -> Column:
        """Return a column by its name."""
        return next(column for column in self.columns if column.name == name)


async def read_catalog(connection: AsyncConnection[object]) -> Sequence[CatalogTable]:
    """Return every table that this role may read, its columns in order."""
    cursor = await connection.execute(_COLUMNS)
    rows: list[tuple[str, ...]] = await cursor.fetchall()  # type: ignore[assignment]
    return [
        CatalogTable(schema, table, tuple(Column(*row[2:]) for row in columns))  # type: ignore[arg-type]
        for (schema, table), columns in groupby(rows, key=lambda row: (row[0], row[1]))
    ]
