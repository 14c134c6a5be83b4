"""Follow-ups, feedback and gaps.

Revision: 0012
Follows: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ENUMS = {
    "feedback_rating": ("up", "down"),
    "feedback_reason": ("wrong", "incomplete", "outdated", "wrong_source"),
    "gap_status": ("open", "answered", "dismissed"),
    "gap_cause": ("abstained", "rated_down"),
}


def upgrade() -> None:
    for name, values in ENUMS.items():
        sa.Enum(*values, name=name, schema="ai").create(op.get_bind())
    op.add_column("answer", sa.Column("resolved_question", sa.Text(), nullable=True), schema="ai")
    op.add_column(
        "answer",
        sa.Column("searched", postgresql.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        schema="ai",
    )
    op.create_index("ix_conversation_updated_at", "conversation", ["updated_at"], schema="ai")
    _create_feedback()
    _create_gaps()


def downgrade() -> None:
    op.drop_table("gap_ask", schema="ai")
    op.drop_table("gap_collection", schema="ai")
    op.drop_table("gap", schema="ai")
    op.drop_table("answer_feedback", schema="ai")
    op.drop_index("ix_conversation_updated_at", table_name="conversation", schema="ai")
    op.drop_column("answer", "searched", schema="ai")
    op.drop_column("answer", "resolved_question", schema="ai")
    for name, values in ENUMS.items():
        sa.Enum(*values, name=name, schema="ai").drop(op.get_bind())


def _create_feedback() -> None:
    op.create_table(
        "answer_feedback",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("rating", _enum("feedback_rating"), nullable=False),
        sa.Column(
            "reasons",
            postgresql.ARRAY(_enum("feedback_reason")),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("comment", sa.Text(), nullable=True),
        _moment("created_at"),
        _moment("updated_at"),
        _to("answer_id", "answer", "answer_feedback", "CASCADE"),
        sa.PrimaryKeyConstraint("answer_id", "owner", name=op.f("pk_answer_feedback")),
        schema="ai",
    )


def _create_gaps() -> None:
    op.create_table(
        "gap",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("status", _enum("gap_status"), server_default="open", nullable=False),
        _moment("created_at"),
        _moment("last_asked_at"),
        _moment("checked_at"),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("answering_document_id", sa.Uuid(), nullable=True),
        _to("answering_document_id", "document", "gap", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap")),
        schema="ai",
    )
    op.create_index("ix_gap_status_id", "gap", ["status", "id"], schema="ai")
    op.create_index(
        op.f("ix_gap_answering_document_id"), "gap", ["answering_document_id"], schema="ai"
    )
    op.create_table(
        "gap_collection",
        sa.Column("gap_id", sa.Uuid(), nullable=False),
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        _to("gap_id", "gap", "gap_collection", "CASCADE"),
        _to("collection_id", "collection", "gap_collection", "CASCADE"),
        sa.PrimaryKeyConstraint("gap_id", "collection_id", name=op.f("pk_gap_collection")),
        schema="ai",
    )
    op.create_index(
        "ix_gap_collection_collection_id", "gap_collection", ["collection_id"], schema="ai"
    )
    op.create_table(
        "gap_ask",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("gap_id", sa.Uuid(), nullable=False),
        sa.Column("cause", _enum("gap_cause"), nullable=False),
        sa.Column("terms", postgresql.ARRAY(sa.Text()), nullable=False),
        _to("answer_id", "answer", "gap_ask", "CASCADE"),
        _to("gap_id", "gap", "gap_ask", "CASCADE"),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_gap_ask")),
        schema="ai",
    )
    op.create_index("ix_gap_ask_gap_id_answer_id", "gap_ask", ["gap_id", "answer_id"], schema="ai")
    op.create_index("ix_gap_ask_terms", "gap_ask", ["terms"], schema="ai", postgresql_using="gin")


def _enum(name: str) -> postgresql.ENUM:
    return postgresql.ENUM(*ENUMS[name], name=name, schema="ai", create_type=False)


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        server_default=sa.text("clock_timestamp()"),
        nullable=False,
    )


def _to(column: str, target: str, table: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"ai.{target}.id"],
        name=op.f(f"fk_{table}_{column}_{target}"),
        ondelete=ondelete,
    )
