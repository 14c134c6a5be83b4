"""The archive of the intake queue.

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Written out, for the queue may have more columns by the time that somebody goes back.
COLUMNS = """
    id, status, priority, attempts, failures, crashes, max_attempts, available_at,
    worker_id, lease_until, cancel_requested, source_kind, collection_id, source_key, uri, title,
    file_name, declared_type, blob_id, metadata, callback_url, submitted_by, stage, progress,
    timings_ms, error_code, error_details, warnings, duplicate_of, document_id, chunks,
    created_at, started_at, finished_at, sequence
"""


def upgrade() -> None:
    op.create_table(
        "ingestion_archive",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
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
        sa.ForeignKeyConstraint(
            ["blob_id"],
            ["ai.blob.id"],
            name=op.f("fk_ingestion_archive_blob_id_blob"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["ai.collection.id"],
            name=op.f("fk_ingestion_archive_collection_id_collection"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["ai.document.id"],
            name=op.f("fk_ingestion_archive_document_id_document"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingestion_archive")),
        sa.UniqueConstraint("sequence", name=op.f("uq_ingestion_archive_sequence")),
        schema="ai",
    )
    op.create_index(
        "ix_ingestion_archive_status_sequence",
        "ingestion_archive",
        ["status", "sequence"],
        unique=False,
        schema="ai",
    )
    for column in ("document_id", "blob_id"):
        op.create_index(
            f"ix_ingestion_archive_{column}",
            "ingestion_archive",
            [column],
            unique=False,
            schema="ai",
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_index(
        "ix_ingestion_archive_collection_id",
        "ingestion_archive",
        ["collection_id"],
        unique=False,
        schema="ai",
    )
    op.create_index(
        "ix_ingestion_queue_finished_at",
        "ingestion_queue",
        ["finished_at"],
        unique=False,
        schema="ai",
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_index(
        "ix_background_job_finished_at",
        "background_job",
        ["finished_at"],
        unique=False,
        schema="access",
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_background_job_finished_at", table_name="background_job", schema="access")
    op.drop_index("ix_ingestion_queue_finished_at", table_name="ingestion_queue", schema="ai")
    # Nothing is lost on the way back: what was archived is in the queue again.
    op.execute(
        f"INSERT INTO ai.ingestion_queue ({COLUMNS}) OVERRIDING SYSTEM VALUE"  # noqa: S608
        f" SELECT {COLUMNS} FROM ai.ingestion_archive"  # (constants of this file)
    )
    op.drop_table("ingestion_archive", schema="ai")
