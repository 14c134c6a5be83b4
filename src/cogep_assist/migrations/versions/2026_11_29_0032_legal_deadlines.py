"""Legal deadlines: who the organisation is, the terms with their references, the clocks.

Revision: 0032
Follows: 0055
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0055"
branch_labels = None
depends_on = None

CLOCK_OBJECT = ("request", "incident")
DEADLINE_UNIT = ("calendar_days", "business_days", "months", "years")

# Key, name, unit, days (small agents' too), extension, reference, note. The numbers are a start:
# the product keeps them where the encarregado may change them.
RULES: tuple[tuple[str, str, str, int, int | None, int | None, str, str], ...] = (
    (
        "access_simplified",
        "Confirmação ou acesso, em formato simplificado",
        "calendar_days",
        0,
        15,
        None,
        "LGPD, art. 19, I; agentes de pequeno porte: Res. CD/ANPD 2/2022, art. 15",
        "“Imediatamente”: vence no mesmo dia. Agentes de pequeno porte têm até 15 dias.",
    ),
    (
        "access_complete",
        "Declaração clara e completa",
        "calendar_days",
        15,
        30,
        None,
        "LGPD, art. 19, II; agentes de pequeno porte, em dobro: Res. CD/ANPD 2/2022, art. 14",
        "A lei diz “15 dias, contado da data do requerimento”; contam-se dias corridos.",
    ),
    (
        "subject_right",
        "Demais direitos do titular",
        "calendar_days",
        15,
        30,
        None,
        "LGPD, art. 18, §§ 3º a 5º; em dobro: Res. CD/ANPD 2/2022, art. 14",
        "A lei remete a regulamento e não fixa número; usa-se o do art. 19, II.",
    ),
    (
        "consent_revocation",
        "Revogação do consentimento",
        "calendar_days",
        0,
        None,
        None,
        "LGPD, art. 8º, § 5º, e art. 18, IX",
        "A qualquer momento; o efeito é imediato, também para agentes de pequeno porte.",
    ),
    (
        "automated_review",
        "Revisão de decisão automatizada",
        "calendar_days",
        15,
        30,
        None,
        "LGPD, art. 20; em dobro: Res. CD/ANPD 2/2022, art. 14",
        "A lei não fixa número; usa-se o do art. 19, II.",
    ),
    (
        "recipients_notice",
        "Aviso a quem recebeu os dados",
        "calendar_days",
        0,
        None,
        None,
        "LGPD, art. 18, § 6º",
        "“De maneira imediata”, em correção, eliminação, anonimização ou bloqueio.",
    ),
    (
        "lai",
        "Pedido de acesso à informação (LAI)",
        "calendar_days",
        20,
        None,
        10,
        "Lei 12.527/2011, art. 11, §§ 1º e 2º; LGPD, art. 23, § 3º",
        "Prorrogável por 10 dias, com justificativa expressa e ciência ao requerente.",
    ),
    (
        "ombudsman",
        "Manifestação de ouvidoria",
        "calendar_days",
        30,
        None,
        30,
        "Lei 13.460/2017, art. 16",
        "Prorrogável uma vez, por igual período, com justificativa.",
    ),
    (
        "incident_agency",
        "Comunicação de incidente à ANPD",
        "business_days",
        3,
        6,
        None,
        "LGPD, art. 48; Res. CD/ANPD 15/2024, art. 6º; em dobro: Res. CD/ANPD 2/2022, art. 14, II",
        "Conta do conhecimento de que o incidente afetou dados pessoais.",
    ),
    (
        "incident_subjects",
        "Comunicação de incidente aos titulares",
        "business_days",
        3,
        6,
        None,
        "LGPD, art. 48; Res. CD/ANPD 15/2024, art. 9º; em dobro: Res. CD/ANPD 2/2022, art. 14, II",
        "Conta do conhecimento de que o incidente afetou dados pessoais.",
    ),
    (
        "incident_supplement",
        "Complemento da comunicação à ANPD",
        "business_days",
        20,
        40,
        None,
        "Res. CD/ANPD 15/2024, art. 6º, § 3º; em dobro: Res. CD/ANPD 2/2022, art. 14, II",
        "Conta da comunicação à ANPD.",
    ),
    (
        "incident_proof",
        "Declaração de que os titulares foram avisados",
        "business_days",
        3,
        6,
        None,
        "Res. CD/ANPD 15/2024, art. 9º",
        "Conta do fim do prazo de comunicação aos titulares.",
    ),
    (
        "incident_public_notice",
        "Aviso público de incidente: tempo mínimo no ar",
        "months",
        3,
        None,
        None,
        "Res. CD/ANPD 15/2024, art. 9º",
        "Só quando avisar cada titular é impossível; uma fonte diz 90 dias.",
    ),
    (
        "incident_register",
        "Guarda do registro de incidente",
        "years",
        5,
        None,
        None,
        "Res. CD/ANPD 15/2024, art. 10",
        "Todo incidente, comunicado ou não. Conta do registro.",
    ),
    (
        "transfer_clauses",
        "Cláusulas de transferência internacional ao titular",
        "calendar_days",
        15,
        None,
        None,
        "Res. CD/ANPD 19/2024, Anexo II",
        "Íntegra das cláusulas-padrão, quando o titular as pede.",
    ),
    (
        "small_agent_proof",
        "Prova de que a organização é agente de pequeno porte",
        "calendar_days",
        15,
        None,
        None,
        "Res. CD/ANPD 2/2022, art. 5º",
        "Quando a ANPD a pede.",
    ),
)
# What ends on its day, whether people work then or not.
ENDS_ON_ANY_DAY = {"incident_public_notice", "incident_register"}


def upgrade() -> None:
    sa.Enum(*CLOCK_OBJECT, name="clock_object", schema="lgpd").create(op.get_bind())
    sa.Enum(*DEADLINE_UNIT, name="deadline_unit", schema="lgpd").create(op.get_bind())
    op.create_table(
        "deadline_rule",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "unit",
            postgresql.ENUM(*DEADLINE_UNIT, name="deadline_unit", schema="lgpd", create_type=False),
            nullable=False,
        ),
        sa.Column("amount", sa.SmallInteger(), nullable=False),
        sa.Column("small_amount", sa.SmallInteger(), nullable=True),
        sa.Column("extension", sa.SmallInteger(), nullable=True),
        sa.Column("small_extension", sa.SmallInteger(), nullable=True),
        sa.Column(
            "ends_on_business_day", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
        sa.Column(
            "starts_on_business_day", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "confirm_with_counsel", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
        sa.Column("position", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "amount >= 0 AND small_amount >= 0", name=op.f("ck_deadline_rule_amounts")
        ),
        sa.CheckConstraint(
            "extension > 0 AND small_extension > 0", name=op.f("ck_deadline_rule_extensions")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_deadline_rule")),
        schema="lgpd",
    )
    op.create_table(
        "legal_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_business_day", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_legal_day")),
        schema="lgpd",
    )
    op.create_table(
        "organization_profile",
        sa.Column("id", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("public_body", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "optional_holidays", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
        sa.Column("small_agent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "high_risk_answers",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_organization_profile_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_profile")),
        schema="lgpd",
    )
    op.create_table(
        "legal_clock",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "object_kind",
            postgresql.ENUM(*CLOCK_OBJECT, name="clock_object", schema="lgpd", create_type=False),
            nullable=False,
        ),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("rule_key", sa.Text(), nullable=False),
        sa.Column("rule_revision", sa.Integer(), nullable=False),
        sa.Column(
            "unit",
            postgresql.ENUM(*DEADLINE_UNIT, name="deadline_unit", schema="lgpd", create_type=False),
            nullable=False,
        ),
        sa.Column("amount", sa.SmallInteger(), nullable=False),
        sa.Column("small_agent", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extended_by", sa.SmallInteger(), nullable=True),
        sa.Column("extension_reason", sa.Text(), nullable=True),
        sa.Column("alerted", sa.SmallInteger(), nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["rule_key"],
            ["lgpd.deadline_rule.key"],
            name=op.f("fk_legal_clock_rule_key_deadline_rule"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_clock")),
        sa.UniqueConstraint(
            "object_kind",
            "object_id",
            "rule_key",
            name=op.f("uq_legal_clock_object_kind_object_id_rule_key"),
        ),
        schema="lgpd",
    )
    op.create_index(
        op.f("ix_legal_clock_rule_key"), "legal_clock", ["rule_key"], unique=False, schema="lgpd"
    )
    op.create_index(
        "ix_legal_clock_running_due_at",
        "legal_clock",
        ["due_at"],
        unique=False,
        schema="lgpd",
        postgresql_where=sa.text("met_at IS NULL AND stopped_at IS NULL"),
    )
    op.execute(
        "GRANT UPDATE ON lgpd.organization_profile, lgpd.deadline_rule, lgpd.legal_clock"
        " TO cogep_app"
    )
    op.execute("GRANT UPDATE, DELETE ON lgpd.legal_day TO cogep_app")
    op.execute("INSERT INTO lgpd.organization_profile (id) VALUES (1)")
    _seed()


def _seed() -> None:
    statement = sa.text(
        "INSERT INTO lgpd.deadline_rule (key, name, unit, amount, small_amount, extension,"
        " ends_on_business_day, reference, note, position) VALUES (:key, :name,"
        " CAST(:unit AS lgpd.deadline_unit), :amount, :small, :extension, :ends, :reference,"
        " :note, :position)"
    )
    for position, rule in enumerate(RULES, start=1):
        key, name, unit, amount, small, extension, reference, note = rule
        values = {
            "key": key,
            "name": name,
            "unit": unit,
            "amount": amount,
            "small": small,
            "extension": extension,
            "ends": key not in ENDS_ON_ANY_DAY,
            "reference": reference,
            "note": note,
            "position": position,
        }
        op.get_bind().execute(statement, values)


def downgrade() -> None:
    op.drop_table("legal_clock", schema="lgpd")
    op.drop_table("organization_profile", schema="lgpd")
    op.drop_table("legal_day", schema="lgpd")
    op.drop_table("deadline_rule", schema="lgpd")
    sa.Enum(*DEADLINE_UNIT, name="deadline_unit", schema="lgpd").drop(op.get_bind())
    sa.Enum(*CLOCK_OBJECT, name="clock_object", schema="lgpd").drop(op.get_bind())
