"""The intake queue.

Revision: 0005
Follows: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sa.Enum(
        "fetch", "parse", "chunk", "embed", "index", "store", name="job_stage", schema="ai"
    ).create(op.get_bind())
    sa.Enum("url", "text", "file", name="source_kind", schema="ai").create(op.get_bind())
    sa.Enum(
        "pending", "processing", "completed", "failed", "cancelled", name="job_status", schema="ai"
    ).create(op.get_bind())
    op.create_table(
        "ingestion_queue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "status",
            postgresql.ENUM(
                "pending",
                "processing",
                "completed",
                "failed",
                "cancelled",
                name="job_status",
                schema="ai",
                create_type=False,
            ),
            server_default="pending",
            nullable=False,
        ),
        sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("crashes", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("max_attempts", sa.SmallInteger(), server_default="3", nullable=False),
        sa.Column(
            "available_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "cancel_requested", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column(
            "source_kind",
            postgresql.ENUM(
                "url", "text", "file", name="source_kind", schema="ai", create_type=False
            ),
            nullable=False,
        ),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("declared_type", sa.Text(), nullable=True),
        sa.Column("blob_id", sa.Uuid(), nullable=True),
        sa.Column(
            "metadata",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("callback_url", sa.Text(), nullable=True),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column(
            "stage",
            postgresql.ENUM(
                "fetch",
                "parse",
                "chunk",
                "embed",
                "index",
                "store",
                name="job_stage",
                schema="ai",
                create_type=False,
            ),
            nullable=True,
        ),
        sa.Column("progress", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "timings_ms",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_details", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "warnings", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("duplicate_of", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("chunks", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_ingestion_queue_progress")),
        sa.ForeignKeyConstraint(
            ["blob_id"],
            ["ai.blob.id"],
            name=op.f("fk_ingestion_queue_blob_id_blob"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["ai.collection.id"],
            name=op.f("fk_ingestion_queue_collection_id_collection"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["ai.document.id"],
            name=op.f("fk_ingestion_queue_document_id_document"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingestion_queue")),
        sa.UniqueConstraint("sequence", name=op.f("uq_ingestion_queue_sequence")),
        schema="ai",
    )
    op.create_index(
        "ix_ingestion_queue_blob_id", "ingestion_queue", ["blob_id"], unique=False, schema="ai"
    )
    op.create_index(
        "ix_ingestion_queue_claim",
        "ingestion_queue",
        [sa.literal_column("priority DESC"), "sequence"],
        unique=False,
        schema="ai",
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_ingestion_queue_document_id",
        "ingestion_queue",
        ["document_id"],
        unique=False,
        schema="ai",
    )
    op.create_index(
        "ix_ingestion_queue_lease",
        "ingestion_queue",
        ["lease_until"],
        unique=False,
        schema="ai",
        postgresql_where=sa.text("status = 'processing'"),
    )
    op.create_index(
        "ix_ingestion_queue_order",
        "ingestion_queue",
        ["collection_id", "source_key", "sequence"],
        unique=False,
        schema="ai",
        postgresql_where=sa.text("status IN ('pending', 'processing')"),
    )
    op.create_index(
        "ix_ingestion_queue_status_sequence",
        "ingestion_queue",
        ["status", "sequence"],
        unique=False,
        schema="ai",
    )
    op.create_index(
        "ix_ingestion_queue_suspect",
        "ingestion_queue",
        ["sequence"],
        unique=False,
        schema="ai",
        postgresql_where=sa.text("status = 'pending' AND crashes > 0"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_ingestion_queue_suspect",
        table_name="ingestion_queue",
        schema="ai",
        postgresql_where=sa.text("status = 'pending' AND crashes > 0"),
    )
    op.drop_index("ix_ingestion_queue_status_sequence", table_name="ingestion_queue", schema="ai")
    op.drop_index(
        "ix_ingestion_queue_order",
        table_name="ingestion_queue",
        schema="ai",
        postgresql_where=sa.text("status IN ('pending', 'processing')"),
    )
    op.drop_index(
        "ix_ingestion_queue_lease",
        table_name="ingestion_queue",
        schema="ai",
        postgresql_where=sa.text("status = 'processing'"),
    )
    op.drop_index("ix_ingestion_queue_document_id", table_name="ingestion_queue", schema="ai")
    op.drop_index(
        "ix_ingestion_queue_claim",
        table_name="ingestion_queue",
        schema="ai",
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.drop_index("ix_ingestion_queue_blob_id", table_name="ingestion_queue", schema="ai")
    op.drop_table("ingestion_queue", schema="ai")
    sa.Enum(
        "pending", "processing", "completed", "failed", "cancelled", name="job_status", schema="ai"
    ).drop(op.get_bind())
    sa.Enum("url", "text", "file", name="source_kind", schema="ai").drop(op.get_bind())
    sa.Enum(
        "fetch", "parse", "chunk", "embed", "index", "store", name="job_stage", schema="ai"
    ).drop(op.get_bind())
