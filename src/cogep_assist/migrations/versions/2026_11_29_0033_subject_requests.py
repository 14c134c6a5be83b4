"""Requests of data subjects, automated decisions, and receipts.

Revision: 0033
Follows: 0032
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

RECEIPT_KIND = (
    "request_received",
    "request_answered",
    "request_refused",
    "request_cancelled",
    "consent_granted",
    "consent_revoked",
    "erasure_done",
)
IDENTITY_METHOD = ("email_code", "ticket_code", "account", "document_shown", "known_in_person")
REQUEST_STEP_KIND = (
    "received",
    "code_sent",
    "identity_passed",
    "identity_failed",
    "linked",
    "assigned",
    "started",
    "note",
    "document_added",
    "document_deleted",
    "extended",
    "alerted",
    "notice_sent",
    "notice_acknowledged",
    "answered",
    "refused",
    "cancelled",
    "reopened",
)
REPRESENTATIVE_KIND = ("attorney", "guardian", "curator", "heir")
ANSWER_DELIVERY = ("electronic", "printed")
REQUEST_OUTCOME = ("granted", "partial", "no_data", "not_the_controller")
REQUEST_STATUS = ("identity_pending", "received", "in_progress", "answered", "refused", "cancelled")
REQUEST_CHANNEL = ("portal", "desk", "api")
REQUEST_REGIME = ("lgpd", "lai", "ombudsman")
ACCESS_FORM = ("simplified", "complete")
SUBJECT_RIGHT = (
    "confirmation",
    "access",
    "correction",
    "anonymization",
    "restriction",
    "excess_erasure",
    "portability",
    "erasure",
    "sharing",
    "consent_information",
    "consent_revocation",
    "opposition",
    "automated_review",
    "other",
)
REVIEW_OUTCOME = ("upheld", "changed", "annulled")
DECISION_KIND = ("answer_abstained", "ticket_classified", "ticket_prioritized", "ticket_closed")


def upgrade() -> None:
    sa.Enum(*RECEIPT_KIND, name="receipt_kind", schema="lgpd").create(op.get_bind())
    sa.Enum(*IDENTITY_METHOD, name="identity_method", schema="lgpd").create(op.get_bind())
    sa.Enum(*REQUEST_STEP_KIND, name="request_step_kind", schema="lgpd").create(op.get_bind())
    sa.Enum(*REPRESENTATIVE_KIND, name="representative_kind", schema="lgpd").create(op.get_bind())
    sa.Enum(*ANSWER_DELIVERY, name="answer_delivery", schema="lgpd").create(op.get_bind())
    sa.Enum(*REQUEST_OUTCOME, name="request_outcome", schema="lgpd").create(op.get_bind())
    sa.Enum(*REQUEST_STATUS, name="request_status", schema="lgpd").create(op.get_bind())
    sa.Enum(*REQUEST_CHANNEL, name="request_channel", schema="lgpd").create(op.get_bind())
    sa.Enum(*REQUEST_REGIME, name="request_regime", schema="lgpd").create(op.get_bind())
    sa.Enum(*ACCESS_FORM, name="access_form", schema="lgpd").create(op.get_bind())
    sa.Enum(*SUBJECT_RIGHT, name="subject_right", schema="lgpd").create(op.get_bind())
    sa.Enum(*REVIEW_OUTCOME, name="review_outcome", schema="lgpd").create(op.get_bind())
    sa.Enum(*DECISION_KIND, name="decision_kind", schema="lgpd").create(op.get_bind())
    op.create_table(
        "counter",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_counter")),
        schema="lgpd",
    )
    op.create_table(
        "automated_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(*DECISION_KIND, name="decision_kind", schema="lgpd", create_type=False),
            nullable=False,
        ),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("input_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_version", sa.Text(), nullable=True),
        sa.Column(
            "sources",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("confidence_permille", sa.SmallInteger(), nullable=True),
        sa.Column(
            "effect",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "confidence_permille BETWEEN 0 AND 1000", name=op.f("ck_automated_decision_confidence")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["crm.customer.id"],
            name=op.f("fk_automated_decision_customer_id_customer"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automated_decision")),
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_automated_decision_customer_id"),
        "automated_decision",
        ["customer_id"],
        unique=False,
        schema="lgpd",
    )
    op.create_index(
        "ix_automated_decision_object",
        "automated_decision",
        ["object_type", "object_id"],
        unique=False,
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_automated_decision_subject"),
        "automated_decision",
        ["subject"],
        unique=False,
        schema="lgpd",
    )
    op.create_table(
        "subject_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("protocol", sa.Text(), nullable=False),
        sa.Column(
            "right",
            postgresql.ENUM(*SUBJECT_RIGHT, name="subject_right", schema="lgpd", create_type=False),
            nullable=False,
        ),
        sa.Column(
            "form",
            postgresql.ENUM(*ACCESS_FORM, name="access_form", schema="lgpd", create_type=False),
            nullable=True,
        ),
        sa.Column(
            "regime",
            postgresql.ENUM(
                *REQUEST_REGIME, name="request_regime", schema="lgpd", create_type=False
            ),
            server_default="lgpd",
            nullable=False,
        ),
        sa.Column(
            "channel",
            postgresql.ENUM(
                *REQUEST_CHANNEL, name="request_channel", schema="lgpd", create_type=False
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            postgresql.ENUM(
                *REQUEST_STATUS, name="request_status", schema="lgpd", create_type=False
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            postgresql.ENUM(
                *REQUEST_OUTCOME, name="request_outcome", schema="lgpd", create_type=False
            ),
            nullable=True,
        ),
        sa.Column(
            "delivery",
            postgresql.ENUM(
                *ANSWER_DELIVERY, name="answer_delivery", schema="lgpd", create_type=False
            ),
            server_default="electronic",
            nullable=False,
        ),
        sa.Column("requester_name", sa.Text(), nullable=False),
        sa.Column("requester_email", sa.Text(), nullable=True),
        sa.Column("email_key", sa.Text(), nullable=True),
        sa.Column("requester_cpf", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "wanted",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "representative_kind",
            postgresql.ENUM(
                *REPRESENTATIVE_KIND, name="representative_kind", schema="lgpd", create_type=False
            ),
            nullable=True,
        ),
        sa.Column("representative_name", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("refusal_ground", sa.Text(), nullable=True),
        sa.Column("identity_checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"],
            ["access.user.id"],
            name=op.f("fk_subject_request_assignee_id_user"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["crm.customer.id"],
            name=op.f("fk_subject_request_customer_id_customer"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["lgpd.automated_decision.id"],
            name=op.f("fk_subject_request_decision_id_automated_decision"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["crm.ticket.id"],
            name=op.f("fk_subject_request_ticket_id_ticket"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_request")),
        sa.UniqueConstraint("protocol", name=op.f("uq_subject_request_protocol")),
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_subject_request_assignee_id"),
        "subject_request",
        ["assignee_id"],
        unique=False,
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_subject_request_customer_id"),
        "subject_request",
        ["customer_id"],
        unique=False,
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_subject_request_decision_id"),
        "subject_request",
        ["decision_id"],
        unique=False,
        schema="lgpd",
    )
    op.create_index(
        "ix_subject_request_email_key",
        "subject_request",
        ["email_key"],
        unique=False,
        schema="lgpd",
        postgresql_where=sa.text("email_key IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_subject_request_opened_by"),
        "subject_request",
        ["opened_by"],
        unique=False,
        schema="lgpd",
    )
    op.create_index(
        "ix_subject_request_status_id",
        "subject_request",
        ["status", "id"],
        unique=False,
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_subject_request_ticket_id"),
        "subject_request",
        ["ticket_id"],
        unique=False,
        schema="lgpd",
    )
    op.create_table(
        "decision_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column(
            "requested_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            postgresql.ENUM(
                *REVIEW_OUTCOME, name="review_outcome", schema="lgpd", create_type=False
            ),
            nullable=True,
        ),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(outcome IS NULL) = (reviewed_at IS NULL)",
            name=op.f("ck_decision_review_an_outcome_has_its_moment"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["lgpd.automated_decision.id"],
            name=op.f("fk_decision_review_decision_id_automated_decision"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["lgpd.subject_request.id"],
            name=op.f("fk_decision_review_request_id_subject_request"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_review")),
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_decision_review_decision_id"),
        "decision_review",
        ["decision_id"],
        unique=False,
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_decision_review_request_id"),
        "decision_review",
        ["request_id"],
        unique=False,
        schema="lgpd",
    )
    op.create_table(
        "identity_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column(
            "method",
            postgresql.ENUM(
                *IDENTITY_METHOD, name="identity_method", schema="lgpd", create_type=False
            ),
            nullable=False,
        ),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["lgpd.subject_request.id"],
            name=op.f("fk_identity_check_request_id_subject_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_check")),
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_identity_check_request_id"),
        "identity_check",
        ["request_id"],
        unique=False,
        schema="lgpd",
    )
    op.create_table(
        "request_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column(
            "added_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["lgpd.subject_request.id"],
            name=op.f("fk_request_document_request_id_subject_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_document")),
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_request_document_request_id"),
        "request_document",
        ["request_id"],
        unique=False,
        schema="lgpd",
    )
    op.create_table(
        "request_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("recipient_email", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "sent_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledgement", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["lgpd.subject_request.id"],
            name=op.f("fk_request_notice_request_id_subject_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_notice")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_request_notice_code_hash")),
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_request_notice_request_id"),
        "request_notice",
        ["request_id"],
        unique=False,
        schema="lgpd",
    )
    op.create_table(
        "request_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(
                *REQUEST_STEP_KIND, name="request_step_kind", schema="lgpd", create_type=False
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            postgresql.ENUM(
                *REQUEST_STATUS, name="request_status", schema="lgpd", create_type=False
            ),
            nullable=False,
        ),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["lgpd.subject_request.id"],
            name=op.f("fk_request_step_request_id_subject_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_step")),
        schema="lgpd",
    )
    op.create_index(
        "ix_request_step_request_id_id",
        "request_step",
        ["request_id", "id"],
        unique=False,
        schema="lgpd",
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(*RECEIPT_KIND, name="receipt_kind", schema="lgpd", create_type=False),
            nullable=False,
        ),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column(
            "issued_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("number", name=op.f("uq_receipt_number")),
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_receipt_customer_id"), "receipt", ["customer_id"], unique=False, schema="lgpd"
    )
    op.create_index(
        "ix_receipt_object", "receipt", ["object_type", "object_id"], unique=False, schema="lgpd"
    )
    op.execute(
        "GRANT UPDATE ON lgpd.counter, lgpd.identity_check, lgpd.request_document,"
        " lgpd.request_notice, lgpd.decision_review TO cogep_app"
    )
    op.execute("GRANT UPDATE, DELETE ON lgpd.subject_request TO cogep_app")
    # An erasure takes the words and the person out; what happened, and when, stays.
    op.execute("GRANT UPDATE (body) ON lgpd.request_step TO cogep_app")
    op.execute("GRANT UPDATE (content, customer_id) ON lgpd.receipt TO cogep_app")
    op.execute("GRANT UPDATE (customer_id, subject) ON lgpd.automated_decision TO cogep_app")


def downgrade() -> None:
    op.drop_table("receipt", schema="lgpd")
    op.drop_table("request_step", schema="lgpd")
    op.drop_table("request_notice", schema="lgpd")
    op.drop_table("request_document", schema="lgpd")
    op.drop_table("identity_check", schema="lgpd")
    op.drop_table("decision_review", schema="lgpd")
    op.drop_table("subject_request", schema="lgpd")
    op.drop_table("automated_decision", schema="lgpd")
    op.drop_table("counter", schema="lgpd")
    sa.Enum(*DECISION_KIND, name="decision_kind", schema="lgpd").drop(op.get_bind())
    sa.Enum(*REVIEW_OUTCOME, name="review_outcome", schema="lgpd").drop(op.get_bind())
    sa.Enum(*SUBJECT_RIGHT, name="subject_right", schema="lgpd").drop(op.get_bind())
    sa.Enum(*ACCESS_FORM, name="access_form", schema="lgpd").drop(op.get_bind())
    sa.Enum(*REQUEST_REGIME, name="request_regime", schema="lgpd").drop(op.get_bind())
    sa.Enum(*REQUEST_CHANNEL, name="request_channel", schema="lgpd").drop(op.get_bind())
    sa.Enum(*REQUEST_STATUS, name="request_status", schema="lgpd").drop(op.get_bind())
    sa.Enum(*REQUEST_OUTCOME, name="request_outcome", schema="lgpd").drop(op.get_bind())
    sa.Enum(*ANSWER_DELIVERY, name="answer_delivery", schema="lgpd").drop(op.get_bind())
    sa.Enum(*REPRESENTATIVE_KIND, name="representative_kind", schema="lgpd").drop(op.get_bind())
    sa.Enum(*REQUEST_STEP_KIND, name="request_step_kind", schema="lgpd").drop(op.get_bind())
    sa.Enum(*IDENTITY_METHOD, name="identity_method", schema="lgpd").drop(op.get_bind())
    sa.Enum(*RECEIPT_KIND, name="receipt_kind", schema="lgpd").drop(op.get_bind())
