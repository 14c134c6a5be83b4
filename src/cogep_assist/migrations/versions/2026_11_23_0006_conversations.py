"""Conversations: questions, answers, citations.

Revision: 0006
Follows: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sa.Enum("extractive", "generative", name="answer_mode", schema="ai").create(op.get_bind())
    op.create_table(
        "conversation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        schema="ai",
    )
    op.create_index(
        "ix_conversation_owner_id", "conversation", ["owner", "id"], unique=False, schema="ai"
    )
    op.create_table(
        "answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("abstained", sa.Boolean(), nullable=False),
        sa.Column(
            "mode",
            postgresql.ENUM(
                "extractive", "generative", name="answer_mode", schema="ai", create_type=False
            ),
            nullable=False,
        ),
        sa.Column("sentences", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["ai.conversation.id"],
            name=op.f("fk_answer_conversation_id_conversation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        schema="ai",
    )
    op.create_index(
        "ix_answer_conversation_id_id",
        "answer",
        ["conversation_id", "id"],
        unique=False,
        schema="ai",
    )
    op.create_table(
        "citation",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chunk_id", sa.Uuid(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("blanked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["ai.answer.id"],
            name=op.f("fk_citation_answer_id_answer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["ai.document.id"],
            name=op.f("fk_citation_document_id_document"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("answer_id", "number", name=op.f("pk_citation")),
        schema="ai",
    )
    op.create_index(
        "ix_citation_document_id", "citation", ["document_id"], unique=False, schema="ai"
    )


def downgrade() -> None:
    op.drop_index("ix_citation_document_id", table_name="citation", schema="ai")
    op.drop_table("citation", schema="ai")
    op.drop_index("ix_answer_conversation_id_id", table_name="answer", schema="ai")
    op.drop_table("answer", schema="ai")
    op.drop_index("ix_conversation_owner_id", table_name="conversation", schema="ai")
    op.drop_table("conversation", schema="ai")
    sa.Enum("extractive", "generative", name="answer_mode", schema="ai").drop(op.get_bind())
