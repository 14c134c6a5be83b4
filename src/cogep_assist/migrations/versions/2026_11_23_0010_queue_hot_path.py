"""Fewer indexes to write when a job changes its state or its lease is renewed.

Revision: 0010
Follows: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

QUEUES = (("ai", "ingestion_queue"), ("access", "background_job"))
RUNNING = sa.text("status = 'processing'")


def upgrade() -> None:
    for schema, table in QUEUES:
        op.drop_index(f"ix_{table}_lease", table_name=table, schema=schema)
        op.create_index(
            f"ix_{table}_running",
            table,
            ["worker_id"],
            unique=False,
            schema=schema,
            postgresql_where=RUNNING,
        )
        # Room in each page for the next version of a row: a renewed lease or a saved stage then
        # touches no index at all.
        op.execute(f"ALTER TABLE {schema}.{table} SET (fillfactor = 85)")
    op.drop_constraint("uq_background_job_sequence", "background_job", schema="access")
    for column in ("document_id", "blob_id"):
        _replace(column, sa.text(f"{column} IS NOT NULL"))


def downgrade() -> None:
    for column in ("document_id", "blob_id"):
        _replace(column, None)
    op.create_unique_constraint(
        op.f("uq_background_job_sequence"), "background_job", ["sequence"], schema="access"
    )
    for schema, table in QUEUES:
        op.execute(f"ALTER TABLE {schema}.{table} RESET (fillfactor)")
        op.drop_index(f"ix_{table}_running", table_name=table, schema=schema)
        op.create_index(
            f"ix_{table}_lease",
            table,
            ["lease_until"],
            unique=False,
            schema=schema,
            postgresql_where=RUNNING,
        )


def _replace(column: str, where: sa.TextClause | None) -> None:
    name = f"ix_ingestion_queue_{column}"
    op.drop_index(name, table_name="ingestion_queue", schema="ai")
    op.create_index(
        name, "ingestion_queue", [column], unique=False, schema="ai", postgresql_where=where
    )
