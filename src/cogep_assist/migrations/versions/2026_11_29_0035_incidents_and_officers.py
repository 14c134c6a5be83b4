"""Security incidents, and who is encarregado.

Revision: 0035
Follows: 0034
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

OFFICER_KIND = ("holder", "substitute")
INCIDENT_STEP_KIND = (
    "registered",
    "known",
    "changed",
    "assessed",
    "decided",
    "note",
    "subjects_selected",
    "agency_told",
    "supplemented",
    "subjects_told",
    "public_notice",
    "proof_filed",
    "alerted",
    "closed",
)
INCIDENT_DECISION = ("communicate", "do_not_communicate")
INCIDENT_STATUS = ("open", "assessed", "communicated", "closed")


def upgrade() -> None:
    sa.Enum(*OFFICER_KIND, name="officer_kind", schema="lgpd").create(op.get_bind())
    sa.Enum(*INCIDENT_STEP_KIND, name="incident_step_kind", schema="lgpd").create(op.get_bind())
    sa.Enum(*INCIDENT_DECISION, name="incident_decision", schema="lgpd").create(op.get_bind())
    sa.Enum(*INCIDENT_STATUS, name="incident_status", schema="lgpd").create(op.get_bind())
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "status",
            postgresql.ENUM(
                *INCIDENT_STATUS, name="incident_status", schema="lgpd", create_type=False
            ),
            server_default="open",
            nullable=False,
        ),
        sa.Column("circumstances", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "harmed",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.Column(
            "data_kinds",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.Column("subject_kinds", sa.Text(), server_default="", nullable=False),
        sa.Column("subject_count", sa.Integer(), nullable=True),
        sa.Column("measures_before", sa.Text(), server_default="", nullable=False),
        sa.Column("measures_after", sa.Text(), server_default="", nullable=False),
        sa.Column("risks", sa.Text(), server_default="", nullable=False),
        sa.Column("delay_reason", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "answers",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("relevant_risk", sa.Boolean(), nullable=True),
        sa.Column(
            "decision",
            postgresql.ENUM(
                *INCIDENT_DECISION, name="incident_decision", schema="lgpd", create_type=False
            ),
            nullable=True,
        ),
        sa.Column("decision_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("agency_protocol", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agency_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subjects_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_notice_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keep_until_day", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "decision IS NULL OR btrim(decision_reason) <> ''",
            name=op.f("ck_incident_decision_has_its_reason"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("number", name=op.f("uq_incident_number")),
        schema="lgpd",
    )
    op.create_table(
        "incident_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(
                *INCIDENT_STEP_KIND, name="incident_step_kind", schema="lgpd", create_type=False
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
            ["incident_id"],
            ["lgpd.incident.id"],
            name=op.f("fk_incident_step_incident_id_incident"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_step")),
        schema="lgpd",
    )
    op.create_index(
        "ix_incident_step_incident_id_id",
        "incident_step",
        ["incident_id", "id"],
        unique=False,
        schema="lgpd",
    )
    op.create_table(
        "incident_subject",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "added_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unreachable", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["crm.customer.id"],
            name=op.f("fk_incident_subject_customer_id_customer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["lgpd.incident.id"],
            name=op.f("fk_incident_subject_incident_id_incident"),
        ),
        sa.PrimaryKeyConstraint("incident_id", "customer_id", name=op.f("pk_incident_subject")),
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_incident_subject_customer_id"),
        "incident_subject",
        ["customer_id"],
        unique=False,
        schema="lgpd",
    )
    op.create_table(
        "officer_appointment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(*OFFICER_KIND, name="officer_kind", schema="lgpd", create_type=False),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("responsible_name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("act_reference", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("publication", sa.Text(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("no_conflict_statement", sa.Text(), server_default="", nullable=False),
        sa.Column("act_name", sa.Text(), nullable=True),
        sa.Column("act_content", sa.LargeBinary(), nullable=True),
        sa.Column("act_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_officer_appointment_days_in_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_appointment")),
        schema="lgpd",
    )
    op.execute("GRANT UPDATE ON lgpd.incident, lgpd.officer_appointment TO cogep_app")
    op.execute("GRANT UPDATE, DELETE ON lgpd.incident_subject TO cogep_app")


def downgrade() -> None:
    op.drop_table("officer_appointment", schema="lgpd")
    op.drop_table("incident_subject", schema="lgpd")
    op.drop_table("incident_step", schema="lgpd")
    op.drop_table("incident", schema="lgpd")
    sa.Enum(*INCIDENT_STATUS, name="incident_status", schema="lgpd").drop(op.get_bind())
    sa.Enum(*INCIDENT_DECISION, name="incident_decision", schema="lgpd").drop(op.get_bind())
    sa.Enum(*INCIDENT_STEP_KIND, name="incident_step_kind", schema="lgpd").drop(op.get_bind())
    sa.Enum(*OFFICER_KIND, name="officer_kind", schema="lgpd").drop(op.get_bind())
