"""Let a segment of the desk's index name the ticket of each passage.

Revision: 0170
Follows: 0140
"""

import sqlalchemy as sa
from alembic import op

revision = "0170"
down_revision = "0140"
branch_labels = None
depends_on = None

# What is gone belongs to nobody: a key of zeros, as for what is not known.
NOBODY = "00000000-0000-0000-0000-000000000000"
FILL = f"""
    UPDATE ai.lexical_segment s
       SET owner_ids = (
           SELECT string_agg(
                      uuid_send(coalesce(substr(d.source_key, 8)::uuid, '{NOBODY}')),
                      ''::bytea ORDER BY place)
             FROM generate_series(0, length(s.chunk_ids) / 16 - 1) place
             LEFT JOIN ai.chunk c
                    ON c.id = encode(substring(s.chunk_ids FROM place * 16 + 1 FOR 16), 'hex')::uuid
             LEFT JOIN ai.document d ON d.id = c.document_id AND d.source_key LIKE 'ticket:%')
     WHERE s.collection_id IN (SELECT id FROM ai.collection WHERE queue_id IS NOT NULL)
"""  # noqa: S608 - put together from constants alone


def upgrade() -> None:
    op.add_column(
        "lexical_segment", sa.Column("owner_ids", sa.LargeBinary(), nullable=True), schema="ai"
    )
    op.execute("ALTER TABLE ai.lexical_segment ALTER COLUMN owner_ids SET STORAGE EXTERNAL")
    op.execute(FILL)


def downgrade() -> None:
    op.drop_column("lexical_segment", "owner_ids", schema="ai")
