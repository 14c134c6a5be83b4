"""Customers: people and organisations, their contacts, changes, duplicates and imports.

Revision: 0014
Follows: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sa.Enum(
        "created", "updated", "unchanged", "skipped", "refused", name="import_outcome", schema="crm"
    ).create(op.get_bind())
    sa.Enum("skip", "update", "create", name="on_duplicate", schema="crm").create(op.get_bind())
    sa.Enum(
        "pending",
        "running",
        "previewed",
        "completed",
        "failed",
        "rolled_back",
        name="import_status",
        schema="crm",
    ).create(op.get_bind())
    sa.Enum("open", "dismissed", name="duplicate_status", schema="crm").create(op.get_bind())
    sa.Enum("text", "number", "date", "boolean", "choice", name="field_type", schema="crm").create(
        op.get_bind()
    )
    sa.Enum(
        "works_at",
        "relative_of",
        "legal_representative_of",
        "guardian_of",
        name="relation_kind",
        schema="crm",
    ).create(op.get_bind())
    sa.Enum("email", "phone", name="contact_kind", schema="crm").create(op.get_bind())
    sa.Enum("person", "organization", name="customer_kind", schema="crm").create(op.get_bind())
    op.create_table(
        "customer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(
                "person", "organization", name="customer_kind", schema="crm", create_type=False
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("social_name", sa.Text(), nullable=True),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.Column("cpf", sa.Text(), nullable=True),
        sa.Column("cnpj", sa.Text(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("language", sa.Text(), server_default="pt-BR", nullable=False),
        sa.Column("customer_class", sa.Text(), server_default="padrao", nullable=False),
        sa.Column("cep", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("street_number", sa.Text(), nullable=True),
        sa.Column("complement", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column(
            "custom",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "search", postgresql.TSVECTOR(), server_default=sa.text("''::tsvector"), nullable=False
        ),
        sa.Column(
            "match_keys",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'::bigint[]"),
            nullable=False,
        ),
        sa.Column("match_due", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind = 'person' OR birth_date IS NULL", name=op.f("ck_customer_persons_are_born")
        ),
        sa.CheckConstraint(
            "kind = 'person' OR cpf IS NULL", name=op.f("ck_customer_cpf_is_a_persons")
        ),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_customer_not_into_itself")),
        sa.CheckConstraint(
            "merged_into_id IS NULL OR removed_at IS NOT NULL",
            name=op.f("ck_customer_merged_is_removed"),
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["crm.customer.id"],
            name=op.f("fk_customer_merged_into_id_customer"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        schema="crm",
    )
    op.create_index(
        "ix_customer_living_match_keys",
        "customer",
        ["match_keys"],
        unique=False,
        schema="crm",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "ix_customer_living_search",
        "customer",
        ["search"],
        unique=False,
        schema="crm",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "ix_customer_living_sort_key",
        "customer",
        ["sort_key", "id"],
        unique=False,
        schema="crm",
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "ix_customer_match_due",
        "customer",
        ["id"],
        unique=False,
        schema="crm",
        postgresql_where=sa.text("match_due"),
    )
    op.create_index(
        "ix_customer_merged_into_id",
        "customer",
        ["merged_into_id"],
        unique=False,
        schema="crm",
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.create_index(
        "uq_customer_living_cnpj",
        "customer",
        ["cnpj"],
        unique=True,
        schema="crm",
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "uq_customer_living_cpf",
        "customer",
        ["cpf"],
        unique=True,
        schema="crm",
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_index(
        "uq_customer_living_external_id",
        "customer",
        ["external_id"],
        unique=True,
        schema="crm",
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "customer_field",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column(
            "field_type",
            postgresql.ENUM(
                "text",
                "number",
                "date",
                "boolean",
                "choice",
                name="field_type",
                schema="crm",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column(
            "customer_kind",
            postgresql.ENUM(
                "person", "organization", name="customer_kind", schema="crm", create_type=False
            ),
            nullable=True,
        ),
        sa.Column(
            "choices",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
        ),
        sa.Column("is_required", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(field_type = 'choice') = (cardinality(choices) > 0)",
            name=op.f("ck_customer_field_choices_of_a_choice"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_field")),
        sa.UniqueConstraint("key", name=op.f("uq_customer_field_key")),
        schema="crm",
    )
    op.create_table(
        "customer_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            postgresql.ENUM(
                "pending",
                "running",
                "previewed",
                "completed",
                "failed",
                "rolled_back",
                name="import_status",
                schema="crm",
                create_type=False,
            ),
            server_default="pending",
            nullable=False,
        ),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("delimiter", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "on_duplicate",
            postgresql.ENUM(
                "skip", "update", "create", name="on_duplicate", schema="crm", create_type=False
            ),
            nullable=False,
        ),
        sa.Column("is_dry_run", sa.Boolean(), nullable=False),
        sa.Column("lines_total", sa.Integer(), nullable=False),
        sa.Column("lines_done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("offset_done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "counts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rolled_back_by", sa.Text(), nullable=True),
        sa.Column("rolled_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_import")),
        schema="crm",
    )
    op.create_table(
        "merge_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_key", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_change")),
        schema="crm",
    )
    op.create_index(
        "ix_merge_change_merge_id_table_name",
        "merge_change",
        ["merge_id", "table_name"],
        unique=False,
        schema="crm",
    )
    op.create_table(
        "name_word",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_name_word")),
        schema="crm",
    )
    op.create_index(
        "ix_name_word_grams",
        "name_word",
        ["grams"],
        unique=False,
        schema="crm",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "customer_contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM("email", "phone", name="contact_kind", schema="crm", create_type=False),
            nullable=False,
        ),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("is_primary", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["crm.customer.id"],
            name=op.f("fk_customer_contact_customer_id_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_contact")),
        sa.UniqueConstraint(
            "customer_id",
            "kind",
            "canonical",
            name=op.f("uq_customer_contact_customer_id_kind_canonical"),
        ),
        schema="crm",
    )
    op.create_index(
        "ix_customer_contact_canonical",
        "customer_contact",
        ["canonical", "kind"],
        unique=False,
        schema="crm",
    )
    op.create_table(
        "customer_duplicate",
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "status",
            postgresql.ENUM(
                "open", "dismissed", name="duplicate_status", schema="crm", create_type=False
            ),
            server_default="open",
            nullable=False,
        ),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_customer_duplicate_ordered")),
        sa.CheckConstraint("score BETWEEN 0 AND 1000", name=op.f("ck_customer_duplicate_score")),
        sa.ForeignKeyConstraint(
            ["first_id"],
            ["crm.customer.id"],
            name=op.f("fk_customer_duplicate_first_id_customer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["crm.customer.id"],
            name=op.f("fk_customer_duplicate_second_id_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_customer_duplicate")),
        schema="crm",
    )
    op.create_index(
        "ix_customer_duplicate_open",
        "customer_duplicate",
        [sa.literal_column("score DESC"), "first_id", "second_id"],
        unique=False,
        schema="crm",
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        "ix_customer_duplicate_second_id",
        "customer_duplicate",
        ["second_id"],
        unique=False,
        schema="crm",
    )
    op.create_table(
        "customer_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=True),
        sa.Column("object_id", sa.Text(), nullable=True),
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
            ["customer_id"],
            ["crm.customer.id"],
            name=op.f("fk_customer_event_customer_id_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_event")),
        schema="crm",
    )
    op.create_index(
        "ix_customer_event_customer_id_id",
        "customer_event",
        ["customer_id", "id"],
        unique=False,
        schema="crm",
    )
    op.create_table(
        "customer_import_line",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            postgresql.ENUM(
                "created",
                "updated",
                "unchanged",
                "skipped",
                "refused",
                name="import_outcome",
                schema="crm",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column(
            "problems",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["crm.customer.id"],
            name=op.f("fk_customer_import_line_customer_id_customer"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["crm.customer_import.id"],
            name=op.f("fk_customer_import_line_import_id_customer_import"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_customer_import_line")),
        schema="crm",
    )
    op.create_index(
        "ix_customer_import_line_customer_id",
        "customer_import_line",
        ["customer_id"],
        unique=False,
        schema="crm",
    )
    op.create_table(
        "customer_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("winner_id", sa.Uuid(), nullable=False),
        sa.Column("loser_id", sa.Uuid(), nullable=False),
        sa.Column("merged_by", sa.Text(), nullable=False),
        sa.Column(
            "merged_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("journal_removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["loser_id"],
            ["crm.customer.id"],
            name=op.f("fk_customer_merge_loser_id_customer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["winner_id"],
            ["crm.customer.id"],
            name=op.f("fk_customer_merge_winner_id_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_merge")),
        schema="crm",
    )
    op.create_index(
        "ix_customer_merge_loser_id", "customer_merge", ["loser_id"], unique=False, schema="crm"
    )
    op.create_index(
        "ix_customer_merge_winner_id", "customer_merge", ["winner_id"], unique=False, schema="crm"
    )
    op.create_table(
        "customer_relation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            postgresql.ENUM(
                "works_at",
                "relative_of",
                "legal_representative_of",
                "guardian_of",
                name="relation_kind",
                schema="crm",
                create_type=False,
            ),
            nullable=False,
        ),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("customer_id <> other_id", name=op.f("ck_customer_relation_of_two")),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["crm.customer.id"],
            name=op.f("fk_customer_relation_customer_id_customer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["crm.customer.id"],
            name=op.f("fk_customer_relation_other_id_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_relation")),
        sa.UniqueConstraint(
            "customer_id",
            "other_id",
            "kind",
            name=op.f("uq_customer_relation_customer_id_other_id_kind"),
        ),
        schema="crm",
    )
    op.create_index(
        "ix_customer_relation_other_id",
        "customer_relation",
        ["other_id"],
        unique=False,
        schema="crm",
    )
    op.create_table(
        "customer_tag",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["crm.customer.id"],
            name=op.f("fk_customer_tag_customer_id_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("customer_id", "tag", name=op.f("pk_customer_tag")),
        schema="crm",
    )
    op.create_index(
        "ix_customer_tag_tag", "customer_tag", ["tag", "customer_id"], unique=False, schema="crm"
    )
    # Read a piece at a time: compressed, each piece would cost the whole.
    op.execute("ALTER TABLE crm.customer_import ALTER COLUMN content SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.drop_index("ix_customer_tag_tag", table_name="customer_tag", schema="crm")
    op.drop_table("customer_tag", schema="crm")
    op.drop_index("ix_customer_relation_other_id", table_name="customer_relation", schema="crm")
    op.drop_table("customer_relation", schema="crm")
    op.drop_index("ix_customer_merge_winner_id", table_name="customer_merge", schema="crm")
    op.drop_index("ix_customer_merge_loser_id", table_name="customer_merge", schema="crm")
    op.drop_table("customer_merge", schema="crm")
    op.drop_index(
        "ix_customer_import_line_customer_id", table_name="customer_import_line", schema="crm"
    )
    op.drop_table("customer_import_line", schema="crm")
    op.drop_index("ix_customer_event_customer_id_id", table_name="customer_event", schema="crm")
    op.drop_table("customer_event", schema="crm")
    op.drop_index("ix_customer_duplicate_second_id", table_name="customer_duplicate", schema="crm")
    op.drop_index(
        "ix_customer_duplicate_open",
        table_name="customer_duplicate",
        schema="crm",
        postgresql_where=sa.text("status = 'open'"),
    )
    op.drop_table("customer_duplicate", schema="crm")
    op.drop_index("ix_customer_contact_canonical", table_name="customer_contact", schema="crm")
    op.drop_table("customer_contact", schema="crm")
    op.drop_index(
        "ix_name_word_grams",
        table_name="name_word",
        schema="crm",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.drop_table("name_word", schema="crm")
    op.drop_index("ix_merge_change_merge_id_table_name", table_name="merge_change", schema="crm")
    op.drop_table("merge_change", schema="crm")
    op.drop_table("customer_import", schema="crm")
    op.drop_table("customer_field", schema="crm")
    op.drop_index(
        "uq_customer_living_external_id",
        table_name="customer",
        schema="crm",
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.drop_index(
        "uq_customer_living_cpf",
        table_name="customer",
        schema="crm",
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.drop_index(
        "uq_customer_living_cnpj",
        table_name="customer",
        schema="crm",
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.drop_index(
        "ix_customer_merged_into_id",
        table_name="customer",
        schema="crm",
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_customer_match_due",
        table_name="customer",
        schema="crm",
        postgresql_where=sa.text("match_due"),
    )
    op.drop_index(
        "ix_customer_living_sort_key",
        table_name="customer",
        schema="crm",
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.drop_index(
        "ix_customer_living_search",
        table_name="customer",
        schema="crm",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.drop_index(
        "ix_customer_living_match_keys",
        table_name="customer",
        schema="crm",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.drop_table("customer", schema="crm")
    sa.Enum("person", "organization", name="customer_kind", schema="crm").drop(op.get_bind())
    sa.Enum("email", "phone", name="contact_kind", schema="crm").drop(op.get_bind())
    sa.Enum(
        "works_at",
        "relative_of",
        "legal_representative_of",
        "guardian_of",
        name="relation_kind",
        schema="crm",
    ).drop(op.get_bind())
    sa.Enum("text", "number", "date", "boolean", "choice", name="field_type", schema="crm").drop(
        op.get_bind()
    )
    sa.Enum("open", "dismissed", name="duplicate_status", schema="crm").drop(op.get_bind())
    sa.Enum(
        "pending",
        "running",
        "previewed",
        "completed",
        "failed",
        "rolled_back",
        name="import_status",
        schema="crm",
    ).drop(op.get_bind())
    sa.Enum("skip", "update", "create", name="on_duplicate", schema="crm").drop(op.get_bind())
    sa.Enum(
        "created", "updated", "unchanged", "skipped", "refused", name="import_outcome", schema="crm"
    ).drop(op.get_bind())
