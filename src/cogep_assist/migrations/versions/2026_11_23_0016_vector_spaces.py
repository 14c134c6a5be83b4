"""Vector spaces: one per embedder, each with its own HNSW index.

Revision: 0016
Follows: 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# The application role may not alter the schema; these two do it in the owner's name, for what
# they are made for and nothing else.
MAKE_INDEX = """
CREATE FUNCTION ai.make_vector_index(space integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    size integer;
    home name;
BEGIN
    SELECT dimensions INTO STRICT size FROM ai.vector_space WHERE number = space;
    SELECT n.nspname INTO STRICT home
      FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
     WHERE e.extname = 'vector';
    EXECUTE format(
        'CREATE INDEX IF NOT EXISTS hnsw_chunk_embedding_%s ON ai.chunk_embedding'
        ' USING hnsw ((embedding::%I.halfvec(%s)) %I.halfvec_cosine_ops)'
        ' WHERE space_number = %s', space, home, size, home, space);
END $$
"""
DROP_INDEX = """
CREATE FUNCTION ai.drop_vector_index(space integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('DROP INDEX IF EXISTS ai.hnsw_chunk_embedding_%s', space);
END $$
"""
FUNCTIONS = ("make_vector_index", "drop_vector_index")


def upgrade() -> None:
    sa.Enum("filling", "ready", "retired", name="vector_state", schema="ai").create(op.get_bind())
    op.create_table(
        "vector_space",
        sa.Column("number", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("embedder", sa.Text(), nullable=False),
        sa.Column("dimensions", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            postgresql.ENUM(
                "filling", "ready", "retired", name="vector_state", schema="ai", create_type=False
            ),
            server_default="filling",
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_vector_space")),
        sa.UniqueConstraint(
            "embedder", "dimensions", name=op.f("uq_vector_space_embedder_dimensions")
        ),
        schema="ai",
    )
    op.execute("""
        INSERT INTO ai.vector_space (embedder, dimensions)
        SELECT DISTINCT embedder, vector_dims(embedding) FROM ai.chunk_embedding ORDER BY 1, 2
    """)
    op.add_column(
        "chunk_embedding", sa.Column("space_number", sa.Integer(), nullable=True), schema="ai"
    )
    op.execute("""
        UPDATE ai.chunk_embedding e SET space_number = s.number
          FROM ai.vector_space s
         WHERE s.embedder = e.embedder AND s.dimensions = vector_dims(e.embedding)
    """)
    _move_key("embedder", "space_number")
    op.create_foreign_key(
        op.f("fk_chunk_embedding_space_number_vector_space"),
        "chunk_embedding",
        "vector_space",
        ["space_number"],
        ["number"],
        source_schema="ai",
        referent_schema="ai",
        ondelete="RESTRICT",
    )
    op.create_index(
        op.f("ix_chunk_embedding_space_number"),
        "chunk_embedding",
        ["space_number"],
        unique=False,
        schema="ai",
    )
    op.execute(MAKE_INDEX)
    op.execute(DROP_INDEX)
    for name in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION ai.{name}(integer) FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION ai.{name}(integer) TO cogep_app")
    op.execute("SELECT ai.make_vector_index(number) FROM ai.vector_space")


def downgrade() -> None:
    op.execute("SELECT ai.drop_vector_index(number) FROM ai.vector_space")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION ai.{name}(integer)")
    op.add_column("chunk_embedding", sa.Column("embedder", sa.Text(), nullable=True), schema="ai")
    op.execute("""
        UPDATE ai.chunk_embedding e SET embedder = s.embedder
          FROM ai.vector_space s WHERE s.number = e.space_number
    """)
    # Two spaces of one embedder cannot stand under its name alone: the newer one stays.
    op.execute("""
        DELETE FROM ai.chunk_embedding old USING ai.chunk_embedding new
         WHERE new.chunk_id = old.chunk_id AND new.embedder = old.embedder
           AND new.space_number > old.space_number
    """)
    _move_key("space_number", "embedder")
    op.drop_table("vector_space", schema="ai")
    sa.Enum("filling", "ready", "retired", name="vector_state", schema="ai").drop(op.get_bind())


def _move_key(old: str, new: str) -> None:
    """Let the primary key stand on another column than before, and drop that one."""
    op.drop_constraint(op.f("pk_chunk_embedding"), "chunk_embedding", schema="ai", type_="primary")
    op.drop_column("chunk_embedding", old, schema="ai")
    op.alter_column("chunk_embedding", new, nullable=False, schema="ai")
    op.create_primary_key(
        op.f("pk_chunk_embedding"), "chunk_embedding", ["chunk_id", new], schema="ai"
    )
