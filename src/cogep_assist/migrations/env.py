"""Alembic's environment: our four schemas, native enums, one upgrade at a time."""

from typing import Any

import alembic_postgresql_enum  # noqa: F401  (its import registers enum comparison)
import sqlalchemy as sa
from alembic import context

from cogep_assist.core import advisory_locks
from cogep_assist.core.models import Base
from cogep_assist.core.models.base import is_compared
from cogep_assist.core.schema_patience import LOCK_SECONDS

# Two processes that start at once must not both migrate: the second waits, then sees head.


def include_name(name: str | None, type_: str, _parent_names: Any) -> bool:
    return is_compared(name, type_)


def run(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_schemas=True,
        include_name=include_name,
        version_table_schema="access",
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": advisory_locks.MIGRATION})
    # Whoever migrates tries again: see core.schema_patience.
    connection.execute(sa.text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
    # The version table lives in a schema of ours, so that schema comes before all else.
    connection.execute(sa.text("CREATE SCHEMA IF NOT EXISTS access"))
    connection.commit()
    try:
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(
            sa.text("SELECT pg_advisory_unlock(:key)"), {"key": advisory_locks.MIGRATION}
        )
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("As migrações precisam de um banco de dados em execução.")
run(context.config.attributes["connection"])
