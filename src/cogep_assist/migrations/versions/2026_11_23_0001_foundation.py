"""Foundation: the four schemas, the vector extension and the application role.

Revision: 0001
Follows: -
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WRITABLE = ("ai", "crm", "access")
SCHEMAS = (*WRITABLE, "lgpd")


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.execute(
        """
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cogep_app') THEN
                CREATE ROLE cogep_app NOLOGIN;
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- another database of this server made it at the same moment
        END $$
        """
    )
    # The owner must be able to take the application's role; a role never joins itself. Before 16
    # to belong to a role was to be able to take it, and nobody knew the word SET.
    op.execute(
        """
        DO $$ BEGIN
            IF NOT pg_has_role(
                current_user, 'cogep_app',
                CASE WHEN current_setting('server_version_num')::int < 160000
                     THEN 'MEMBER' ELSE 'SET' END
            ) THEN
                EXECUTE format('GRANT cogep_app TO %I', current_user);
            END IF;
        END $$
        """
    )
    for schema in SCHEMAS:
        op.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        op.execute(f"GRANT USAGE ON SCHEMA {schema} TO cogep_app")
        op.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE ON SEQUENCES TO cogep_app"
        )
    for schema in WRITABLE:
        op.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} "
            "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO cogep_app"
        )
    # Accountability is append-only for the running product; exceptions are granted by name.
    op.execute(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA lgpd GRANT SELECT, INSERT ON TABLES TO cogep_app"
    )
    op.execute("GRANT SELECT ON access.alembic_version TO cogep_app")


def downgrade() -> None:
    for schema in SCHEMAS:
        op.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} REVOKE ALL ON TABLES FROM cogep_app"
        )
        op.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} REVOKE ALL ON SEQUENCES FROM cogep_app"
        )
        op.execute(f"REVOKE ALL ON SCHEMA {schema} FROM cogep_app")
    op.execute("REVOKE ALL ON access.alembic_version FROM cogep_app")
    # `access` stays: it holds Alembic's own table. The role stays: it belongs to the server.
    for schema in ("ai", "crm", "lgpd"):
        op.execute(f"DROP SCHEMA {schema}")
    op.execute(
        """
        DO $$ BEGIN
            DROP EXTENSION vector;
        EXCEPTION WHEN insufficient_privilege THEN
            NULL;  -- the server's administrator installed it, and it stays his
        END $$
        """
    )
