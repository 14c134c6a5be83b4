"""Words that stand for others in a question: acronyms of the documents, synonyms of the curator.

Revision: 0022
Follows: 0021
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acronym_use",
        sa.Column("chunk_id", sa.Uuid(), nullable=False),
        sa.Column("short_key", sa.Text(), nullable=False),
        sa.Column("long_key", sa.Text(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("short", sa.Text(), nullable=False),
        sa.Column("long", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chunk_id"],
            ["ai.chunk.id"],
            name=op.f("fk_acronym_use_chunk_id_chunk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("chunk_id", "short_key", "long_key", name=op.f("pk_acronym_use")),
        schema="ai",
    )
    for key in ("short_key", "long_key"):
        op.create_index(
            f"ix_acronym_use_{key}_collection_id",
            "acronym_use",
            [key, "collection_id"],
            unique=False,
            schema="ai",
        )
    sa.Enum("both", "one_way", name="synonym_direction", schema="ai").create(op.get_bind())
    op.create_table(
        "synonym",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phrase", sa.Text(), nullable=False),
        sa.Column("phrase_key", sa.Text(), nullable=False),
        sa.Column("alternatives", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "direction",
            postgresql.ENUM(
                "both", "one_way", name="synonym_direction", schema="ai", create_type=False
            ),
            server_default="both",
            nullable=False,
        ),
        sa.Column("asked_keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("added_keys", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synonym")),
        sa.UniqueConstraint("phrase_key", name=op.f("uq_synonym_phrase_key")),
        schema="ai",
    )
    op.create_index(
        "ix_synonym_asked_keys",
        "synonym",
        ["asked_keys"],
        unique=False,
        schema="ai",
        postgresql_using="gin",
    )


def downgrade() -> None:
    op.drop_index(
        "ix_synonym_asked_keys", table_name="synonym", schema="ai", postgresql_using="gin"
    )
    op.drop_table("synonym", schema="ai")
    sa.Enum("both", "one_way", name="synonym_direction", schema="ai").drop(op.get_bind())
    for key in ("long_key", "short_key"):
        op.drop_index(f"ix_acronym_use_{key}_collection_id", table_name="acronym_use", schema="ai")
    op.drop_table("acronym_use", schema="ai")
