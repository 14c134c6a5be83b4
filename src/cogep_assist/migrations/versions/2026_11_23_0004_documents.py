"""Documents: collections, bytes, versions, passages, vectors.

Revision: 0004
Follows: 0003
"""

import pgvector.sqlalchemy
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sa.Enum("public", "internal", name="visibility", schema="ai").create(op.get_bind())
    op.create_table(
        "blob",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blob")),
        schema="ai",
    )
    op.create_index(op.f("ix_blob_sha256"), "blob", ["sha256"], unique=False, schema="ai")
    op.create_table(
        "collection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "visibility",
            postgresql.ENUM(
                "public", "internal", name="visibility", schema="ai", create_type=False
            ),
            server_default="internal",
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection")),
        sa.UniqueConstraint("name", name=op.f("uq_collection_name")),
        schema="ai",
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("uri", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column(
            "metadata",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("current_version_id", sa.Uuid(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("written_by_sequence", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["ai.collection.id"],
            name=op.f("fk_document_collection_id_collection"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        schema="ai",
    )
    op.create_index(
        "ix_document_collection_id_id",
        "document",
        ["collection_id", "id"],
        unique=False,
        schema="ai",
    )
    op.create_index(
        op.f("ix_document_current_version_id"),
        "document",
        ["current_version_id"],
        unique=False,
        schema="ai",
    )
    op.create_index(
        "uq_document_live_source",
        "document",
        ["collection_id", "source_key"],
        unique=True,
        schema="ai",
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "document_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("parser", sa.Text(), nullable=False),
        sa.Column("pipeline_release", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=True),
        sa.Column(
            "warnings", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("blob_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["blob_id"],
            ["ai.blob.id"],
            name=op.f("fk_document_version_blob_id_blob"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["ai.document.id"],
            name=op.f("fk_document_version_document_id_document"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_version")),
        sa.UniqueConstraint(
            "document_id", "number", name=op.f("uq_document_version_document_id_number")
        ),
        schema="ai",
    )
    op.create_index(
        op.f("ix_document_version_blob_id"),
        "document_version",
        ["blob_id"],
        unique=False,
        schema="ai",
    )
    op.create_table(
        "chunk",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("heading", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["ai.collection.id"],
            name=op.f("fk_chunk_collection_id_collection"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["ai.document.id"],
            name=op.f("fk_chunk_document_id_document"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["ai.document_version.id"],
            name=op.f("fk_chunk_version_id_document_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chunk")),
        sa.UniqueConstraint("version_id", "ordinal", name=op.f("uq_chunk_version_id_ordinal")),
        schema="ai",
    )
    op.create_index(
        op.f("ix_chunk_collection_id"), "chunk", ["collection_id"], unique=False, schema="ai"
    )
    op.create_index("ix_chunk_document_id", "chunk", ["document_id"], unique=False, schema="ai")
    op.create_table(
        "chunk_embedding",
        sa.Column("chunk_id", sa.Uuid(), nullable=False),
        sa.Column("embedder", sa.Text(), nullable=False),
        sa.Column("embedding", pgvector.sqlalchemy.halfvec.HALFVEC(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chunk_id"],
            ["ai.chunk.id"],
            name=op.f("fk_chunk_embedding_chunk_id_chunk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("chunk_id", "embedder", name=op.f("pk_chunk_embedding")),
        schema="ai",
    )
    # A document points at its current version, and a version at its document.
    op.create_foreign_key(
        op.f("fk_document_current_version_id_document_version"),
        "document",
        "document_version",
        ["current_version_id"],
        ["id"],
        source_schema="ai",
        referent_schema="ai",
        ondelete="SET NULL",
    )
    # Bytes are mostly compressed already, and slices of them must be cheap.
    op.execute("ALTER TABLE ai.blob ALTER COLUMN content SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.drop_constraint(
        op.f("fk_document_current_version_id_document_version"),
        "document",
        schema="ai",
        type_="foreignkey",
    )
    op.drop_table("chunk_embedding", schema="ai")
    op.drop_index("ix_chunk_document_id", table_name="chunk", schema="ai")
    op.drop_index(op.f("ix_chunk_collection_id"), table_name="chunk", schema="ai")
    op.drop_table("chunk", schema="ai")
    op.drop_index(op.f("ix_document_version_blob_id"), table_name="document_version", schema="ai")
    op.drop_table("document_version", schema="ai")
    op.drop_index(
        "uq_document_live_source",
        table_name="document",
        schema="ai",
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.drop_index(op.f("ix_document_current_version_id"), table_name="document", schema="ai")
    op.drop_index("ix_document_collection_id_id", table_name="document", schema="ai")
    op.drop_table("document", schema="ai")
    op.drop_table("collection", schema="ai")
    op.drop_index(op.f("ix_blob_sha256"), table_name="blob", schema="ai")
    op.drop_table("blob", schema="ai")
    sa.Enum("public", "internal", name="visibility", schema="ai").drop(op.get_bind())
