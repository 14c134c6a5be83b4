"""Background work: workers, their jobs, schedules.

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sa.Enum(
        "pending",
        "processing",
        "completed",
        "failed",
        "cancelled",
        name="background_status",
        schema="access",
    ).create(op.get_bind())
    op.create_table(
        "background_job",
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
                name="background_status",
                schema="access",
                create_type=False,
            ),
            server_default="pending",
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "payload",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("crashes", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("max_attempts", sa.SmallInteger(), server_default="5", nullable=False),
        sa.Column(
            "available_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_details", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_background_job")),
        sa.UniqueConstraint("sequence", name=op.f("uq_background_job_sequence")),
        schema="access",
    )
    op.create_index(
        "ix_background_job_claim",
        "background_job",
        [sa.literal_column("priority DESC"), "sequence"],
        unique=False,
        schema="access",
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_background_job_lease",
        "background_job",
        ["lease_until"],
        unique=False,
        schema="access",
        postgresql_where=sa.text("status = 'processing'"),
    )
    op.create_index(
        "ix_background_job_suspect",
        "background_job",
        ["sequence"],
        unique=False,
        schema="access",
        postgresql_where=sa.text("status = 'pending' AND crashes > 0"),
    )
    op.create_index(
        "uq_background_job_waiting",
        "background_job",
        ["kind", "subject"],
        unique=True,
        schema="access",
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_table(
        "schedule_run",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedule_run")),
        schema="access",
    )
    op.create_table(
        "worker",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lock_key", sa.BigInteger(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Integer(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("schema_revision", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("busy", sa.Integer(), server_default="0", nullable=False),
        sa.Column("idle_reason", sa.Text(), nullable=True),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
        schema="access",
    )
    op.create_index(op.f("ix_worker_seen_at"), "worker", ["seen_at"], unique=False, schema="access")


def downgrade() -> None:
    op.drop_index(op.f("ix_worker_seen_at"), table_name="worker", schema="access")
    op.drop_table("worker", schema="access")
    op.drop_table("schedule_run", schema="access")
    op.drop_index(
        "uq_background_job_waiting",
        table_name="background_job",
        schema="access",
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.drop_index(
        "ix_background_job_suspect",
        table_name="background_job",
        schema="access",
        postgresql_where=sa.text("status = 'pending' AND crashes > 0"),
    )
    op.drop_index(
        "ix_background_job_lease",
        table_name="background_job",
        schema="access",
        postgresql_where=sa.text("status = 'processing'"),
    )
    op.drop_index(
        "ix_background_job_claim",
        table_name="background_job",
        schema="access",
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.drop_table("background_job", schema="access")
    sa.Enum(
        "pending",
        "processing",
        "completed",
        "failed",
        "cancelled",
        name="background_status",
        schema="access",
    ).drop(op.get_bind())
