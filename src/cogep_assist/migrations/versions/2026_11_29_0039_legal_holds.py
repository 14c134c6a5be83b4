"""Legal holds, and the guard that keeps what is held or fenced as it is.

Revision: 0039
Follows: 0038
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


# What a hold keeps as it is, table by table. What is not named here may move on: a held ticket is
# still attended to, a held customer's duplicates are still looked for.
PROTECTED = {
    "crm.customer": (
        "name social_name cpf cnpj external_id birth_date cep street street_number complement "
        "district city state notes custom merged_into_id removed_at"
    ),
    "crm.customer_contact": "canonical typed label customer_id",
    "crm.customer_tag": "tag customer_id",
    "crm.customer_relation": "kind note customer_id other_id",
    "crm.ticket": "protocol subject customer_id opened_by tags handover",
    "crm.ticket_entry": "kind author body citations ticket_id created_at",
    "crm.ticket_attachment": "name blob_id entry_id",
    "crm.ticket_event": "kind actor details ticket_id created_at",
    "crm.ticket_rating": "score comment",
    "access.user": "email name customer_id",
    "ai.conversation": "owner",
    "ai.answer": "question resolved_question sentences conversation_id",
    "ai.citation": "quote document_id",
    "ai.answer_feedback": "rating comment",
    "ai.document": "collection_id source_key uri title metadata deleted_at",
    "ai.document_version": "document_id title text blob_id",
    "ai.chunk": "document_id text heading",
    "ai.blob": "content",
}
# Where a fence refuses what is new about its subject.
FENCED_INSERTS = (
    "crm.customer_contact",
    "crm.customer_tag",
    "crm.customer_relation",
    "crm.ticket",
    "crm.ticket_entry",
    "ai.conversation",
    "ai.answer",
)

HELD = """
    CREATE FUNCTION lgpd.is_held(tbl text, r jsonb) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
    DECLARE
        customer text; actor text; ticket text; document text; kind text;
    BEGIN
        IF NOT EXISTS (SELECT FROM lgpd.hold WHERE released_at IS NULL) THEN
            RETURN false;
        END IF;
        CASE tbl
        WHEN 'crm.customer' THEN
            customer := r->>'id'; kind := 'customer';
        WHEN 'crm.customer_contact', 'crm.customer_tag' THEN
            customer := r->>'customer_id'; kind := 'customer';
        WHEN 'crm.customer_relation' THEN
            customer := r->>'customer_id'; actor := NULL; kind := 'customer';
            IF lgpd.hold_covers(NULL, r->>'other_id', NULL, NULL, NULL) THEN
                RETURN true;
            END IF;
        WHEN 'crm.ticket' THEN
            ticket := r->>'id'; customer := r->>'customer_id'; actor := r->>'opened_by';
            kind := 'ticket';
        WHEN 'crm.ticket_entry', 'crm.ticket_event', 'crm.ticket_rating' THEN
            ticket := r->>'ticket_id'; kind := 'ticket';
        WHEN 'crm.ticket_attachment' THEN
            SELECT e.ticket_id::text INTO ticket FROM crm.ticket_entry e
             WHERE e.id = (r->>'entry_id')::uuid;
            kind := 'ticket';
        WHEN 'access.user' THEN
            customer := r->>'customer_id'; actor := 'user:' || (r->>'id');
        WHEN 'ai.conversation' THEN
            actor := r->>'owner'; kind := 'conversation';
        WHEN 'ai.answer' THEN
            SELECT c.owner INTO actor FROM ai.conversation c
             WHERE c.id = (r->>'conversation_id')::uuid;
            kind := 'conversation';
        WHEN 'ai.citation', 'ai.answer_feedback' THEN
            SELECT c.owner INTO actor FROM ai.answer a
              JOIN ai.conversation c ON c.id = a.conversation_id
             WHERE a.id = (r->>'answer_id')::uuid;
            kind := 'conversation';
        WHEN 'ai.document', 'ai.document_version', 'ai.chunk' THEN
            document := CASE WHEN tbl = 'ai.document' THEN r->>'id' ELSE r->>'document_id' END;
            -- What is written on tickets is indexed as documents of the desk: made anew at will.
            IF EXISTS (SELECT FROM ai.document d JOIN ai.collection c ON c.id = d.collection_id
                        WHERE d.id = document::uuid AND c.queue_id IS NOT NULL) THEN
                RETURN false;
            END IF;
            kind := 'document';
        WHEN 'ai.blob' THEN
            RETURN EXISTS (
                SELECT FROM ai.document_version v WHERE v.blob_id = (r->>'id')::uuid
                   AND lgpd.is_held('ai.document_version',
                                    jsonb_build_object('document_id', v.document_id))
            ) OR EXISTS (
                SELECT FROM crm.ticket_attachment a WHERE a.blob_id = (r->>'id')::uuid
                   AND lgpd.is_held('crm.ticket_attachment',
                                    jsonb_build_object('entry_id', a.entry_id))
            );
        ELSE
            RETURN false;
        END CASE;
        IF ticket IS NOT NULL AND customer IS NULL THEN
            SELECT t.customer_id::text, t.opened_by INTO customer, actor FROM crm.ticket t
             WHERE t.id = ticket::uuid;
        END IF;
        RETURN lgpd.hold_covers(kind, customer, actor, ticket, document);
    END $$
"""
COVERS = """
    CREATE FUNCTION lgpd.hold_covers(
        type_key text, customer text, actor text, ticket text, document text
    ) RETURNS boolean LANGUAGE sql STABLE AS $$
        SELECT EXISTS (
            SELECT FROM lgpd.hold_target t JOIN lgpd.hold h ON h.id = t.hold_id
             WHERE h.released_at IS NULL AND (
                   (t.kind = 'customer' AND t.key = customer)
                OR (t.kind = 'actor' AND t.key = actor)
                OR (t.kind = 'ticket' AND t.key = ticket)
                OR (t.kind = 'document' AND t.key = document)
                OR (t.kind = 'type' AND t.key = type_key)))
    $$
"""
FENCED = """
    CREATE FUNCTION lgpd.is_fenced(tbl text, r jsonb) RETURNS boolean LANGUAGE sql STABLE AS $$
        SELECT EXISTS (
            SELECT FROM lgpd.fence f
             WHERE f.customer_id::text IN (
                       r->>'customer_id',
                       CASE WHEN tbl = 'crm.customer' THEN r->>'id' END,
                       r->>'other_id',
                       (SELECT t.customer_id::text FROM crm.ticket t
                         WHERE t.id = (r->>'ticket_id')::uuid))
                OR f.actor IN (
                       CASE WHEN tbl = 'crm.ticket' THEN r->>'opened_by' END,
                       r->>'owner',
                       (SELECT c.owner FROM ai.conversation c
                         WHERE c.id = (r->>'conversation_id')::uuid)))
    $$
"""
# An erasure is ``executing`` in its own transaction alone: nobody else can pretend to be one.
GUARD = """
    CREATE FUNCTION lgpd.guard() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        tbl text := TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME;
        holds boolean := EXISTS (SELECT FROM lgpd.hold WHERE released_at IS NULL);
        fences boolean := EXISTS (SELECT FROM lgpd.fence);
        erasure uuid; was jsonb; now_ jsonb; name text; changed text[] := '{}';
    BEGIN
        IF NOT holds AND NOT fences THEN
            RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        END IF;
        SELECT e.id INTO erasure FROM lgpd.erasure e
         WHERE e.status = 'executing' AND e.id::text = current_setting('cogep.erasure', true);
        -- A blob's bytes are not written out as text; its id alone tells whose it is.
        IF tbl = 'ai.blob' THEN
            was := jsonb_build_object('id', OLD.id);
            now_ := was;
        ELSE
            IF TG_OP <> 'INSERT' THEN
                was := to_jsonb(OLD);
            END IF;
            IF TG_OP <> 'DELETE' THEN
                now_ := to_jsonb(NEW);
            END IF;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            IF tbl = 'ai.blob' THEN
                IF OLD.content IS DISTINCT FROM NEW.content THEN
                    changed := ARRAY['content'];
                END IF;
            ELSE
                FOREACH name IN ARRAY TG_ARGV LOOP
                    IF was->name IS DISTINCT FROM now_->name THEN
                        changed := changed || name;
                    END IF;
                END LOOP;
            END IF;
            IF cardinality(changed) = 0 THEN
                RETURN NEW;
            END IF;
        END IF;
        IF fences AND erasure IS NULL AND TG_OP <> 'DELETE'
           AND (lgpd.is_fenced(tbl, now_) OR (TG_OP = 'UPDATE' AND lgpd.is_fenced(tbl, was))) THEN
            RAISE EXCEPTION 'the data subject is fenced' USING ERRCODE = 'LG002', TABLE = tbl;
        END IF;
        IF holds AND TG_OP <> 'INSERT' AND lgpd.is_held(tbl, was) THEN
            IF erasure IS NULL OR NOT lgpd.is_preserved(erasure, tbl, was, changed, TG_OP) THEN
                RAISE EXCEPTION 'a legal hold covers this row' USING ERRCODE = 'LG001', TABLE = tbl;
            END IF;
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$
"""
# Another person's erasure may take that person out of a held field once the field is kept sealed
# as it was. Passages are made of a text that is kept, and are made anew.
PRESERVED = """
    CREATE FUNCTION lgpd.is_preserved(
        erasure uuid, tbl text, was jsonb, changed text[], op text
    ) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
    DECLARE name text; digest bytea;
    BEGIN
        IF tbl = 'ai.chunk' THEN
            RETURN true;
        END IF;
        IF op <> 'UPDATE' THEN
            RETURN false;
        END IF;
        FOREACH name IN ARRAY changed LOOP
            IF tbl = 'ai.blob' THEN
                SELECT sha256(b.content) INTO digest FROM ai.blob b WHERE b.id = (was->>'id')::uuid;
            ELSE
                digest := sha256(convert_to(was->>name, 'UTF8'));
            END IF;
            IF NOT EXISTS (
                SELECT FROM lgpd.preserved_original p
                 WHERE p.erasure_id = erasure AND p.table_name = tbl AND p.column_name = name
                   AND p.sha256 = digest
            ) THEN
                RETURN false;
            END IF;
        END LOOP;
        RETURN true;
    END $$
"""
NO_TRUNCATE = """
    CREATE FUNCTION lgpd.refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM lgpd.hold WHERE released_at IS NULL) THEN
            RAISE EXCEPTION 'a legal hold stands' USING ERRCODE = 'LG001';
        END IF;
        RETURN NULL;
    END $$
"""
# A hold itself, and what it covers, are never taken away; only its release is written, by two.
NEVER_REMOVED = """
    CREATE FUNCTION lgpd.keep_hold() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        of_release text[] := ARRAY['release_asked_by', 'release_asked_at', 'release_reason',
                                   'released_by', 'released_at'];
    BEGIN
        IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'hold' THEN
            IF OLD.released_at IS NULL
               AND to_jsonb(OLD) - of_release = to_jsonb(NEW) - of_release
               AND (NEW.released_at IS NULL OR (
                        OLD.release_asked_by IS NOT NULL
                    AND NEW.release_asked_by = OLD.release_asked_by
                    AND NEW.released_by IS NOT NULL
                    AND NEW.released_by <> NEW.release_asked_by)) THEN
                RETURN NEW;
            END IF;
        END IF;
        RAISE EXCEPTION 'legal holds are never removed' USING ERRCODE = 'LG001';
    END $$
"""
FUNCTIONS = (
    "refuse_truncate()",
    "keep_hold()",
    "guard()",
    "is_preserved(uuid, text, jsonb, text[], text)",
    "is_fenced(text, jsonb)",
    "is_held(text, jsonb)",
    "hold_covers(text, text, text, text, text)",
)


def upgrade() -> None:
    sa.Enum(
        "customer", "ticket", "document", "conversation", name="held_type", schema="lgpd"
    ).create(op.get_bind())
    sa.Enum("subject", "ticket", "document", "type", name="hold_kind", schema="lgpd").create(
        op.get_bind()
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(
                "subject",
                "ticket",
                "document",
                "type",
                name="hold_kind",
                schema="lgpd",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column(
            "held_type",
            postgresql.ENUM(
                "customer",
                "ticket",
                "document",
                "conversation",
                name="held_type",
                schema="lgpd",
                create_type=False,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column(
            "placed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("release_asked_by", sa.Text(), nullable=True),
        sa.Column("release_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "released_by IS NULL OR released_by <> release_asked_by",
            name=op.f("ck_hold_two_persons"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        schema="lgpd",
    )
    op.create_index(
        "ix_hold_active",
        "hold",
        ["id"],
        unique=False,
        schema="lgpd",
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_table(
        "hold_target",
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hold_id"],
            ["lgpd.hold.id"],
            name=op.f("fk_hold_target_hold_id_hold"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("hold_id", "kind", "key", name=op.f("pk_hold_target")),
        schema="lgpd",
    )
    op.create_index(
        "ix_hold_target_key", "hold_target", ["kind", "key"], unique=False, schema="lgpd"
    )
    op.execute("GRANT UPDATE ON lgpd.hold TO cogep_app")
    for function in (COVERS, HELD, FENCED, PRESERVED, GUARD, NO_TRUNCATE, NEVER_REMOVED):
        op.execute(function)
    for table, columns in PROTECTED.items():
        when = "INSERT OR UPDATE OR DELETE" if table in FENCED_INSERTS else "UPDATE OR DELETE"
        arguments = ", ".join(f"'{column}'" for column in columns.split())
        op.execute(
            f"CREATE TRIGGER lgpd_guard BEFORE {when} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION lgpd.guard({arguments})"
        )
        op.execute(
            f"CREATE TRIGGER lgpd_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION lgpd.refuse_truncate()"
        )
    for table in ("hold", "hold_target"):
        op.execute(
            f"CREATE TRIGGER lgpd_keep_hold BEFORE UPDATE OR DELETE ON lgpd.{table} "
            "FOR EACH ROW EXECUTE FUNCTION lgpd.keep_hold()"
        )
        op.execute(
            f"CREATE TRIGGER lgpd_no_truncate BEFORE TRUNCATE ON lgpd.{table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION lgpd.refuse_truncate()"
        )


def downgrade() -> None:
    for table in PROTECTED:
        op.execute(f"DROP TRIGGER lgpd_guard ON {table}")
        op.execute(f"DROP TRIGGER lgpd_no_truncate ON {table}")
    for table in ("hold", "hold_target"):
        op.execute(f"DROP TRIGGER lgpd_keep_hold ON lgpd.{table}")
        op.execute(f"DROP TRIGGER lgpd_no_truncate ON lgpd.{table}")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION lgpd.{function}")
    op.drop_index("ix_hold_target_key", table_name="hold_target", schema="lgpd")
    op.drop_table("hold_target", schema="lgpd")
    op.drop_index(
        "ix_hold_active",
        table_name="hold",
        schema="lgpd",
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.drop_table("hold", schema="lgpd")
    sa.Enum("subject", "ticket", "document", "type", name="hold_kind", schema="lgpd").drop(
        op.get_bind()
    )
    sa.Enum("customer", "ticket", "document", "conversation", name="held_type", schema="lgpd").drop(
        op.get_bind()
    )
