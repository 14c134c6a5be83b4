"""Retention rules and their runs.

Revision: 0040
Follows: 0039
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sa.Enum(
        "proposed", "approved", "executed", "rejected", name="retention_run_status", schema="lgpd"
    ).create(op.get_bind())
    sa.Enum("eliminate", "anonymize", name="retention_fate", schema="lgpd").create(op.get_bind())
    op.create_table(
        "retention_rule",
        sa.Column("data_class", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column(
            "fate",
            postgresql.ENUM(
                "eliminate", "anonymize", name="retention_fate", schema="lgpd", create_type=False
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("days BETWEEN 1 AND 36500", name=op.f("ck_retention_rule_days")),
        sa.PrimaryKeyConstraint("data_class", name=op.f("pk_retention_rule")),
        schema="lgpd",
    )
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("data_class", sa.Text(), nullable=False),
        sa.Column(
            "status",
            postgresql.ENUM(
                "proposed",
                "approved",
                "executed",
                "rejected",
                name="retention_run_status",
                schema="lgpd",
                create_type=False,
            ),
            server_default="proposed",
            nullable=False,
        ),
        sa.Column("before", sa.Date(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("ids_sha256", sa.LargeBinary(), nullable=False),
        sa.Column(
            "held_back",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "proposed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("second_by", sa.Text(), nullable=True),
        sa.Column("executed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
        schema="lgpd",
    )
    op.create_index(
        "ix_retention_run_open",
        "retention_run",
        ["data_class"],
        unique=False,
        schema="lgpd",
        postgresql_where=sa.text("status IN ('proposed', 'approved')"),
    )
    op.execute("GRANT UPDATE ON lgpd.retention_rule, lgpd.retention_run TO cogep_app")


def downgrade() -> None:
    op.drop_index(
        "ix_retention_run_open",
        table_name="retention_run",
        schema="lgpd",
        postgresql_where=sa.text("status IN ('proposed', 'approved')"),
    )
    op.drop_table("retention_run", schema="lgpd")
    op.drop_table("retention_rule", schema="lgpd")
    sa.Enum("eliminate", "anonymize", name="retention_fate", schema="lgpd").drop(op.get_bind())
    sa.Enum(
        "proposed", "approved", "executed", "rejected", name="retention_run_status", schema="lgpd"
    ).drop(op.get_bind())
