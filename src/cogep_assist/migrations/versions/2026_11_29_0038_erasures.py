"""Erasures of data subjects, what stands against them, and their tombstones.

Revision: 0038
Follows: 0050
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sa.Enum(
        "legal_obligation",
        "public_policy",
        "exercise_of_rights",
        "research",
        "public_archive",
        name="keeping_ground",
        schema="lgpd",
    ).create(op.get_bind())
    sa.Enum("erasing", "blocked", name="fence_kind", schema="lgpd").create(op.get_bind())
    sa.Enum(
        "eliminate", "refuse", "block_held", "block_archive", name="erasure_outcome", schema="lgpd"
    ).create(op.get_bind())
    sa.Enum(
        "planned",
        "confirmed",
        "executing",
        "executed",
        "completed",
        "cancelled",
        name="erasure_status",
        schema="lgpd",
    ).create(op.get_bind())
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("protocol", sa.Text(), nullable=False),
        sa.Column(
            "status",
            postgresql.ENUM(
                "planned",
                "confirmed",
                "executing",
                "executed",
                "completed",
                "cancelled",
                name="erasure_status",
                schema="lgpd",
                create_type=False,
            ),
            server_default="planned",
            nullable=False,
        ),
        sa.Column(
            "outcome",
            postgresql.ENUM(
                "eliminate",
                "refuse",
                "block_held",
                "block_archive",
                name="erasure_outcome",
                schema="lgpd",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.LargeBinary(), nullable=True),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("certificate", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("scrubbed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("executed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("protocol", name=op.f("uq_erasure_protocol")),
        schema="lgpd",
    )
    op.create_index(
        "ix_erasure_customer_id", "erasure", ["customer_id"], unique=False, schema="lgpd"
    )
    op.create_index(
        "ix_erasure_unfinished",
        "erasure",
        ["id"],
        unique=False,
        schema="lgpd",
        postgresql_where=sa.text("status IN ('confirmed', 'executing', 'executed')"),
    )
    op.create_table(
        "keeping",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column(
            "ground",
            postgresql.ENUM(
                "legal_obligation",
                "public_policy",
                "exercise_of_rights",
                "research",
                "public_archive",
                name="keeping_ground",
                schema="lgpd",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keeping")),
        schema="lgpd",
    )
    op.create_index(
        "ix_keeping_object", "keeping", ["object_type", "object_id"], unique=False, schema="lgpd"
    )
    op.create_table(
        "erasure_tombstone",
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("digests", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["erasure_id"],
            ["lgpd.erasure.id"],
            name=op.f("fk_erasure_tombstone_erasure_id_erasure"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("erasure_id", name=op.f("pk_erasure_tombstone")),
        schema="lgpd",
    )
    op.create_table(
        "fence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(
                "erasing", "blocked", name="fence_kind", schema="lgpd", create_type=False
            ),
            nullable=False,
        ),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(customer_id IS NULL) <> (actor IS NULL)", name=op.f("ck_fence_of_one")
        ),
        sa.ForeignKeyConstraint(
            ["erasure_id"],
            ["lgpd.erasure.id"],
            name=op.f("fk_fence_erasure_id_erasure"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fence")),
        schema="lgpd",
    )
    op.create_index("ix_fence_actor", "fence", ["actor"], unique=False, schema="lgpd")
    op.create_index("ix_fence_customer_id", "fence", ["customer_id"], unique=False, schema="lgpd")
    op.create_index(
        op.f("ix_fence_erasure_id"), "fence", ["erasure_id"], unique=False, schema="lgpd"
    )
    op.create_table(
        "preserved_original",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Text(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["erasure_id"],
            ["lgpd.erasure.id"],
            name=op.f("fk_preserved_original_erasure_id_erasure"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preserved_original")),
        schema="lgpd",
    )
    op.create_index(
        "ix_preserved_original_erasure_id",
        "preserved_original",
        ["erasure_id", "table_name"],
        unique=False,
        schema="lgpd",
    )
    op.execute("GRANT UPDATE ON lgpd.erasure, lgpd.keeping TO cogep_app")
    op.execute("GRANT UPDATE, DELETE ON lgpd.fence TO cogep_app")


def downgrade() -> None:
    op.drop_index(
        "ix_preserved_original_erasure_id", table_name="preserved_original", schema="lgpd"
    )
    op.drop_table("preserved_original", schema="lgpd")
    op.drop_index(op.f("ix_fence_erasure_id"), table_name="fence", schema="lgpd")
    op.drop_index("ix_fence_customer_id", table_name="fence", schema="lgpd")
    op.drop_index("ix_fence_actor", table_name="fence", schema="lgpd")
    op.drop_table("fence", schema="lgpd")
    op.drop_table("erasure_tombstone", schema="lgpd")
    op.drop_index("ix_keeping_object", table_name="keeping", schema="lgpd")
    op.drop_table("keeping", schema="lgpd")
    op.drop_index(
        "ix_erasure_unfinished",
        table_name="erasure",
        schema="lgpd",
        postgresql_where=sa.text("status IN ('confirmed', 'executing', 'executed')"),
    )
    op.drop_index("ix_erasure_customer_id", table_name="erasure", schema="lgpd")
    op.drop_table("erasure", schema="lgpd")
    sa.Enum(
        "planned",
        "confirmed",
        "executing",
        "executed",
        "completed",
        "cancelled",
        name="erasure_status",
        schema="lgpd",
    ).drop(op.get_bind())
    sa.Enum(
        "eliminate", "refuse", "block_held", "block_archive", name="erasure_outcome", schema="lgpd"
    ).drop(op.get_bind())
    sa.Enum("erasing", "blocked", name="fence_kind", schema="lgpd").drop(op.get_bind())
    sa.Enum(
        "legal_obligation",
        "public_policy",
        "exercise_of_rights",
        "research",
        "public_archive",
        name="keeping_ground",
        schema="lgpd",
    ).drop(op.get_bind())
