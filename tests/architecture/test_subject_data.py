"""Every column that can hold personal data is covered by the inventory of subjects' data."""

import sqlalchemy as sa

from cogep_assist.core.models import Base, PersonalClass
from cogep_assist.lgpd_service.subject_data.registry import REGISTRY
from cogep_assist.lgpd_service.subject_data.rules import ACTOR, Fate, TableRule

TABLES = Base.metadata.tables
# What is looked through for a person's values and rewritten in other people's rows.
SEARCHED = (sa.String, sa.JSON, sa.ARRAY, sa.LargeBinary)
# Of other people, these say nothing of the subject.
NO_TEXT = (sa.DateTime, sa.Date, sa.Enum, sa.Integer, sa.BigInteger, sa.SmallInteger, sa.Uuid)


def personal_columns(table: sa.Table) -> list["sa.Column[object]"]:
    return [
        column
        for column in table.columns
        if column.info["personal"].personal_class is not PersonalClass.NONE
    ]


def test_every_table_with_personal_data_has_a_rule_and_every_rule_a_table() -> None:
    personal = {name for name, table in TABLES.items() if personal_columns(table)}
    missing = personal - set(REGISTRY)
    assert not missing, (
        f"{sorted(missing)} hold personal data: say in lgpd_service/subject_data/tables_*.py whose "
        "rows they are, how they are exported, and what an erasure makes of them"
    )
    assert set(REGISTRY) <= set(TABLES), f"no such table: {set(REGISTRY) - set(TABLES)}"


def test_rules_name_columns_and_tables_that_are_there() -> None:
    for name, rule in REGISTRY.items():
        columns = set(TABLES[name].columns.keys()) | {c.name for c in TABLES[name].columns}
        for link in rule.links:
            where = set(TABLES[link.of].columns.keys()) if link.backwards else columns
            assert link.column in where, f"{name}: {link}"
            assert link.of == ACTOR or link.of in REGISTRY, f"{name}: {link}"
        for column in (*rule.emptied, *rule.kept, *rule.opaque):
            assert column in columns, f"{name}.{column}"
        assert all(rule.kept.values()), f"{name}: say why"
        assert all(rule.opaque.values()), f"{name}: say why"
        assert rule.title
        assert rule.ground
        if rule.fate in {Fate.KEEP, Fate.REBUILD}:
            assert rule.why, f"{name}: say why"


def test_every_personal_column_is_erased_or_has_its_reason() -> None:
    uncovered = [
        f"{name}.{column.name}"
        for name, rule in REGISTRY.items()
        for column in personal_columns(TABLES[name])
        if not covered(rule, column)
    ]
    assert not uncovered, f"no eraser reaches {uncovered}"


# Columns that lead to a person whose own the row is not, with the reason.
NOT_THEIRS = {
    "ai.collection.owner_user_id": "a collection is the organisation's",
    "crm.article.ticket_id": "an article is the organisation's, without the person",
    "crm.customer.merged_into_id": "every record of one person is the person's",
    "crm.ticket.merged_into_id": "the ticket leads to its customer by itself",
    "crm.ticket_sla.ticket_id": "what the desk promised: no word of anybody",
    "lgpd.subject_request.ticket_id": "the request leads to its customer by itself",
}


def test_every_way_to_a_person_is_a_link_of_the_copy() -> None:
    """A row that names a customer, an account or their ticket reaches access and portability.

    Art. 18, II and V: what somebody adds later is found here without anybody thinking of it.
    """
    people = {"crm.customer", "access.user", "crm.ticket", "ai.conversation"}
    missing = [
        f"{name}.{column.name}"
        for name, table in TABLES.items()
        for column in table.columns
        if leads_to(column) & people or column.name == "customer_id"
        if column.name != "assignee_id" and f"{name}.{column.name}" not in NOT_THEIRS
        if name not in REGISTRY or not followed(REGISTRY[name], column.name)
    ]
    assert not missing, (
        f"{missing} lead to a person: say in lgpd_service/subject_data/tables_*.py that the rows "
        "are theirs (a link), or why a copy leaves the table out (unexported)"
    )


def leads_to(column: "sa.Column[object]") -> set[str]:
    return {key.column.table.fullname for key in column.foreign_keys}


def followed(rule: TableRule, column: str) -> bool:
    return bool(rule.unexported) or any(link.column == column for link in rule.links)


def covered(rule: TableRule, column: "sa.Column[object]") -> bool:
    if rule.fate is Fate.ELIMINATE or column.name in rule.opaque or column.name in rule.kept:
        return True
    if rule.fate in {Fate.KEEP, Fate.REBUILD}:
        return bool(rule.why)
    if rule.fate is Fate.ANONYMIZE:
        return column.name in rule.emptied
    return isinstance(column.type, (*SEARCHED, *NO_TEXT))
