"""Documents that somebody took out of the answers without removing them.

Revision: 0263
Follows: 0266
"""

import sqlalchemy as sa
from alembic import op

revision = "0263"
down_revision = "0266"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("document", column, schema="ai")


def downgrade() -> None:
    # Without the column nobody could let the passages in again: they come back here, all but those
    # that are out by themselves, whatever text they have in common.
    op.execute(
        """
        UPDATE ai.chunk c SET hidden = false FROM ai.document d
         WHERE d.id = c.document_id AND d.hidden_at IS NOT NULL AND c.hidden
           AND NOT EXISTS (
               SELECT FROM ai.hidden_passage p
                WHERE p.document_id = c.document_id
                  AND p.text_sha256 = sha256(convert_to(
                      btrim(regexp_replace(c.text, '\\s+', ' ', 'g')), 'UTF8')))
        """
    )
    op.drop_column("document", "hidden_at", schema="ai")
