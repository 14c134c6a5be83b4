"""Collections that only the members of named teams read, and teams that look after one.

Revision: 0019
Follows: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TYPE ai.visibility ADD VALUE IF NOT EXISTS 'teams'")
    op.create_table(
        "collection_team",
        sa.Column("collection_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("curates", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["ai.collection.id"],
            name=op.f("fk_collection_team_collection_id_collection"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["access.team.id"],
            name=op.f("fk_collection_team_team_id_team"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("collection_id", "team_id", name=op.f("pk_collection_team")),
        schema="access",
    )
    op.create_index(
        op.f("ix_collection_team_team_id"), "collection_team", ["team_id"], schema="access"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_collection_team_team_id"), table_name="collection_team", schema="access")
    op.drop_table("collection_team", schema="access")
    # The older release knows nothing narrower than the organisation's staff.
    op.execute("ALTER TABLE ai.collection ALTER visibility DROP DEFAULT")
    op.execute("ALTER TYPE ai.visibility RENAME TO visibility_with_teams")
    op.execute("CREATE TYPE ai.visibility AS ENUM ('public', 'internal')")
    op.execute(
        "ALTER TABLE ai.collection ALTER visibility TYPE ai.visibility USING "
        "(CASE visibility::text WHEN 'teams' THEN 'internal' ELSE visibility::text END)"
        "::ai.visibility"
    )
    op.execute("ALTER TABLE ai.collection ALTER visibility SET DEFAULT 'internal'")
    op.execute("DROP TYPE ai.visibility_with_teams")
