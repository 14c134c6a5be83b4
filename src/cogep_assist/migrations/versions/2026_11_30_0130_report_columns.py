"""Keep tickets column by column for reports, and note which have changed since.

Revision: 0130
Follows: 0120
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0130"
down_revision = "0120"
branch_labels = None
depends_on = None

PACKED = ("ids", "heads", "spans", "people", "agents", "tags")
# What a report tells of a ticket: a change of anything else is none to it.
TOLD = (
    "id, queue_id, assignee_id, priority, status, tags, customer_id, opened_by, merged_into_id,"
    " created_at, first_replied_at, resolved_at, closed_at"
)
HEAD = """
    CREATE FUNCTION crm.{name}() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        {body};
        RETURN NULL;
    END $$
"""
TICKET_MADE = "INSERT INTO crm.report_change SELECT id, queue_id FROM added"
TICKET_GONE = "INSERT INTO crm.report_change SELECT id, queue_id FROM gone"
# Where it stood and where it stands.
TICKET_CHANGED = f"""
        INSERT INTO crm.report_change
        SELECT id, queue_id FROM (SELECT {TOLD} FROM gone EXCEPT SELECT {TOLD} FROM added) was
        UNION
        SELECT id, queue_id FROM (SELECT {TOLD} FROM added EXCEPT SELECT {TOLD} FROM gone) became
"""  # noqa: S608 - our own constant
BESIDE_MADE = "INSERT INTO crm.report_change SELECT ticket_id, NULL::uuid FROM added"
BESIDE_GONE = "INSERT INTO crm.report_change SELECT ticket_id, NULL::uuid FROM gone"
BESIDE_CHANGED = """
        INSERT INTO crm.report_change
        SELECT ticket_id, NULL::uuid FROM (
            SELECT ticket_id, {told} FROM added EXCEPT SELECT ticket_id, {told} FROM gone
        ) became
"""
# Of each table: what is noted of rows made, gone and changed.
NOTED = {
    "ticket": (TICKET_MADE, TICKET_GONE, TICKET_CHANGED),
    "ticket_sla": (
        BESIDE_MADE,
        BESIDE_GONE,
        BESIDE_CHANGED.format(told="first_reply_met, resolution_met"),
    ),
    "ticket_rating": (BESIDE_MADE, BESIDE_GONE, BESIDE_CHANGED.format(told="score")),
}
WHEN = {
    "insert": "REFERENCING NEW TABLE AS added",
    "delete": "REFERENCING OLD TABLE AS gone",
    "update": "REFERENCING OLD TABLE AS gone NEW TABLE AS added",
}


def upgrade() -> None:
    op.create_table(
        "report_change",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        schema="crm",
    )
    op.create_table(
        "report_stretch",
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.Column("stretch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ids", sa.LargeBinary(), nullable=False),
        sa.Column("heads", sa.LargeBinary(), nullable=False),
        sa.Column("spans", sa.LargeBinary(), nullable=False),
        sa.Column("people", sa.LargeBinary(), nullable=False),
        sa.Column("agents", sa.LargeBinary(), nullable=False),
        sa.Column("agent_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("tags", sa.LargeBinary(), nullable=False),
        sa.Column("tag_names", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("backlog", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["queue_id"],
            ["crm.queue.id"],
            name=op.f("fk_report_stretch_queue_id_queue"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("queue_id", "stretch", name=op.f("pk_report_stretch")),
        schema="crm",
    )
    # Numbers that compress badly, and are read often.
    for column in PACKED:
        op.execute(f"ALTER TABLE crm.report_stretch ALTER COLUMN {column} SET STORAGE EXTERNAL")
    # The triggers alone write here, as the tables' owner.
    op.execute("REVOKE INSERT, UPDATE ON crm.report_change FROM cogep_app")
    for table, bodies in NOTED.items():
        for (when, tables), body in zip(WHEN.items(), bodies, strict=True):
            name = f"note_{table}_{when}"
            op.execute(HEAD.format(name=name, body=body))
            op.execute(
                f"CREATE TRIGGER report_{when} AFTER {when.upper()} ON crm.{table} {tables}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION crm.{name}()"
            )
    # All that was there before is to be read.
    op.execute("INSERT INTO crm.report_change SELECT id, queue_id FROM crm.ticket")


def downgrade() -> None:
    for table in NOTED:
        for when in WHEN:
            op.execute(f"DROP TRIGGER report_{when} ON crm.{table}")
            op.execute(f"DROP FUNCTION crm.note_{table}_{when}()")
    op.drop_table("report_stretch", schema="crm")
    op.drop_table("report_change", schema="crm")
