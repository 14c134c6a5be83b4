"""Records of accesses (Marco Civil da Internet, art. 15) and orders to keep them.

Revision: 0045
Follows: 0044
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

NOW = sa.text("clock_timestamp()")


def upgrade() -> None:
    op.create_table(
        "access_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("accessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_token", sa.LargeBinary(), nullable=False),
        sa.Column("ip_token", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_record")),
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_access_record_accessed_at"), "access_record", ["accessed_at"], schema="lgpd"
    )
    for column in ("user_token", "ip_token"):
        op.create_index(
            f"ix_access_record_{column}", "access_record", [column, "accessed_at"], schema="lgpd"
        )
    op.create_table(
        "preservation_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("covers_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("covers_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_token", sa.LargeBinary(), nullable=True),
        sa.Column("ip_token", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "covers_until > covers_at", name=op.f("ck_preservation_order_period_in_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preservation_order")),
        schema="lgpd",
    )
    op.execute("GRANT DELETE ON lgpd.access_record TO cogep_app")
    op.execute("GRANT UPDATE ON lgpd.preservation_order TO cogep_app")


def downgrade() -> None:
    op.drop_table("preservation_order", schema="lgpd")
    op.drop_table("access_record", schema="lgpd")
