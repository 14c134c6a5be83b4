"""Batches that come over from other systems, and what became of each of their records.

Revision: 0061
Follows: 0060
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

ENUMS = {
    "past_system": ("zammad", "glpi", "chatwoot", "osticket", "mail", "folder", "sitemap"),
    "batch_status": ("running", "completed", "rolled_back"),
    "record_kind": ("customer", "ticket", "document"),
    "record_outcome": ("created", "matched", "refused"),
}
NOW = sa.text("clock_timestamp()")
EMPTY = sa.text("'{}'::jsonb")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name, labels in ENUMS.items():
        sa.Enum(*labels, name=name, schema="crm").create(op.get_bind())
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("system", _enum("past_system"), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("status", _enum("batch_status"), server_default="running", nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(), server_default=EMPTY, nullable=False),
        sa.Column("counts", postgresql.JSONB(), server_default=EMPTY, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("rolled_back_by", sa.Text(), nullable=True),
        sa.Column("rolled_back_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        schema="crm",
    )
    op.create_table(
        "import_record",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _enum("record_kind"), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("outcome", _enum("record_outcome"), nullable=False),
        sa.Column(
            "problems",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "kind", "external_id", name=op.f("pk_import_record")),
        _reference("batch_id", "import_batch", "crm", "CASCADE"),
        _reference("customer_id", "customer", "crm", "SET NULL"),
        _reference("ticket_id", "ticket", "crm", "SET NULL"),
        _reference("document_id", "document", "ai", "SET NULL"),
        schema="crm",
    )
    op.create_index(
        "ix_import_record_external_id", "import_record", ["external_id", "kind"], schema="crm"
    )
    for column in ("customer_id", "ticket_id", "document_id"):
        name = f"ix_import_record_{column}"
        op.create_index(name, "import_record", [column], schema="crm")


def downgrade() -> None:
    op.drop_table("import_record", schema="crm")
    op.drop_table("import_batch", schema="crm")
    for name in reversed(ENUMS):
        sa.Enum(name=name, schema="crm").drop(op.get_bind())


def _enum(name: str) -> postgresql.ENUM:
    return postgresql.ENUM(*ENUMS[name], name=name, schema="crm", create_type=False)


def _reference(column: str, target: str, schema: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{schema}.{target}.id"],
        name=op.f(f"fk_import_record_{column}_{target}"),
        ondelete=ondelete,
    )
