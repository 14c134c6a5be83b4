"""The record of processing: activities, versions, notices and impact reports.

Revision: 0044
Follows: 0030
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0044"
down_revision = "0030"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.create_table(
        "processing_activity",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "controller",
                "joint_controller",
                "processor",
                name="processing_role",
                schema="lgpd",
            ),
            nullable=False,
        ),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.Column("subjects", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("retention", sa.Text(), nullable=False),
        sa.Column("sharing", sa.Text(), nullable=False),
        sa.Column("security", sa.Text(), nullable=False),
        sa.Column("lia", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("edited_by", sa.Text(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_processing_activity")),
        schema="lgpd",
    )
    for table, maker in (("ropa_version", "made_by"), ("privacy_notice", "published_by")):
        note = [sa.Column("note", sa.Text(), nullable=False)] if table == "ropa_version" else []
        op.create_table(
            table,
            sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
            sa.Column("sha256", sa.LargeBinary(), nullable=False),
            *note,
            sa.Column(maker, sa.Text(), nullable=False),
            sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
            sa.PrimaryKeyConstraint("number", name=op.f(f"pk_{table}")),
            schema="lgpd",
        )
    op.create_table(
        "impact_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_report")),
        schema="lgpd",
    )
    # Versions and notices stay as they were made; what is being drafted changes.
    op.execute("GRANT UPDATE, DELETE ON lgpd.processing_activity TO cogep_app")
    op.execute("GRANT UPDATE ON lgpd.impact_report TO cogep_app")


def downgrade() -> None:
    for table in ("impact_report", "privacy_notice", "ropa_version", "processing_activity"):
        op.drop_table(table, schema="lgpd")
    op.execute("DROP TYPE lgpd.processing_role")
