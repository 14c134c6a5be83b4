"""Every column says what it holds about persons; every enum is where and as it should be.

One test for all of them: two thousand tests of a microsecond took longer to report than to run.
"""

import sqlalchemy as sa

from cogep_assist.core.models import SCHEMAS, Base, PersonalClass, PersonalLabel

TABLES = sorted(Base.metadata.tables.values(), key=lambda table: table.fullname)
COLUMNS = [column for table in TABLES for column in table.columns]
ENUMS = {column.type.name: column.type for column in COLUMNS if isinstance(column.type, sa.Enum)}


def test_there_is_something_to_check() -> None:
    assert len(TABLES) > 100
    assert len(COLUMNS) > 1000
    assert len(ENUMS) > 50


def test_columns_are_labelled() -> None:
    wrong = [str(column) for column in COLUMNS if not _is_labelled(column)]
    assert not wrong, "give them info=NOT_PERSONAL or info=personal(...), with all it asks for"


def _is_labelled(column: "sa.Column[object]") -> bool:
    label = column.info.get("personal")
    if not isinstance(label, PersonalLabel):
        return False
    if label.personal_class is PersonalClass.NONE:
        return True
    return bool(label.purpose and label.legal_basis and label.retention)


def test_what_lacks_its_label_would_be_noticed() -> None:
    half = PersonalLabel(PersonalClass.PERSONAL, "purpose", "art. 7, II", "")
    for info in ({}, {"personal": "none"}, {"personal": half}):
        assert not _is_labelled(sa.Column("name", sa.Text, info=info))


def test_tables_live_in_schemas_of_ours() -> None:
    assert [table.fullname for table in TABLES if table.schema not in SCHEMAS] == []


def test_enums_are_native_lower_case_and_in_their_schema() -> None:
    assert [name for name, enum in ENUMS.items() if not _is_as_it_should_be(enum)] == []


def _is_as_it_should_be(enum: sa.Enum) -> bool:
    return (
        enum.native_enum
        and enum.schema in SCHEMAS
        and enum.enum_class is not None
        and list(enum.enums) == [member.value for member in enum.enum_class]
        and all(value == value.lower() and value.isascii() for value in enum.enums)
    )


def test_moments_carry_their_time_zone() -> None:
    moments = [column for column in COLUMNS if isinstance(column.type, sa.DateTime)]
    assert [str(one) for one in moments if not one.type.timezone] == []
    endings = ("_at", "_until", "_modified")
    assert [str(one) for one in moments if not one.name.endswith(endings)] == []
