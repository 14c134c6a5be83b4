"""Statements that are put together once and run by the driver alone, for what is read most.

The mapper takes longer to carry a page of columns through its layers than the database takes to
find them. Who only shows columns needs none of those layers, and no fewer conditions.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.db import driver_connection

_DIALECT = sa.make_url("postgresql+psycopg_async://").get_dialect()()


@dataclass(frozen=True, slots=True)
class Prepared:
    """The text of a statement, and the values that stand in it already."""

    text: bytes
    values: Mapping[str, Any]

    @classmethod
    def of(cls, statement: sa.Select[*tuple[Any, ...]]) -> "Prepared":
        """Put a statement together; what ``sa.bindparam`` names is given to ``rows``."""
        compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
        values = {name: _plain(value) for name, value in compiled.params.items()}
        return cls(compiled.string.encode(), values)

    async def rows(self, session: AsyncSession, **given: Any) -> list[dict[str, Any]]:
        """Run it inside a session's transaction; return each row by the names of its columns.

        Values are as the driver reads them: members of enums are texts.
        """
        if session.new or session.dirty or session.deleted:
            await session.flush()
        driver = await driver_connection(session)
        async with driver.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(self.text, {**self.values, **given})
            return await cursor.fetchall()


def _plain(value: Any) -> Any:
    """Return a value as the database's enums know it."""
    if isinstance(value, enum.Enum):
        return value.value
    return value
