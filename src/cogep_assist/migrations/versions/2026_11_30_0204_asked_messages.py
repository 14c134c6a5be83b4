"""Let the messages that tell of a question go with it: they are sealed, and say what it said.

Revision: 0204
Follows: 0188
"""

from alembic import op

revision = "0204"
down_revision = "0188"
branch_labels = None
depends_on = None

# Whatever takes a question away (its term, its owner, a person's erasure) does it here: a webhook
# that was paused would else be told of it after it is gone.
FUNCTION = """
    CREATE FUNCTION ai.forget_messages() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        DELETE FROM access.outbox
        WHERE event LIKE 'question.%' AND split_part(resource_key, ':', 3) IN (
            SELECT CAST(id AS text) FROM gone
        );
        RETURN NULL;
    END $$
"""
TABLES = ("conversation", "answer")


def upgrade() -> None:
    op.execute(FUNCTION)
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER forget_messages AFTER DELETE ON ai.{table} "
            "REFERENCING OLD TABLE AS gone FOR EACH STATEMENT "
            "EXECUTE FUNCTION ai.forget_messages()"
        )
    # Those whose question went before.
    op.execute(
        "DELETE FROM access.outbox o WHERE o.event LIKE 'question.%' "
        "AND NOT EXISTS (SELECT FROM ai.conversation c "
        "WHERE CAST(c.id AS text) = split_part(o.resource_key, ':', 3)) "
        "AND NOT EXISTS (SELECT FROM ai.answer a "
        "WHERE CAST(a.id AS text) = split_part(o.resource_key, ':', 3))"
    )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TRIGGER forget_messages ON ai.{table}")
    op.execute("DROP FUNCTION ai.forget_messages()")
