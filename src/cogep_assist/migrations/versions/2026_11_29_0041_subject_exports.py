"""Sealed copies for data subjects.

Revision: 0041
Follows: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subject_export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_export")),
        schema="lgpd",
    )
    op.create_index(
        "ix_subject_export_customer_id",
        "subject_export",
        ["customer_id"],
        unique=False,
        schema="lgpd",
    )
    op.create_index(
        "ix_subject_export_expires_at",
        "subject_export",
        ["expires_at"],
        unique=False,
        schema="lgpd",
    )
    op.execute("GRANT DELETE ON lgpd.subject_export TO cogep_app")


def downgrade() -> None:
    op.drop_index("ix_subject_export_expires_at", table_name="subject_export", schema="lgpd")
    op.drop_index("ix_subject_export_customer_id", table_name="subject_export", schema="lgpd")
    op.drop_table("subject_export", schema="lgpd")
