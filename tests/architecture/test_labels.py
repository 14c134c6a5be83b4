"""Every column says what it holds about persons; every enum is where and as it should be."""

import pytest
import sqlalchemy as sa

from cogep_assist.core.models import SCHEMAS, Base, PersonalClass, PersonalLabel

TABLES = sorted(Base.metadata.tables.values(), key=lambda table: table.fullname)
COLUMNS = [column for table in TABLES for column in table.columns]
ENUMS = {column.type.name: column.type for column in COLUMNS if isinstance(column.type, sa.Enum)}


def test_there_is_something_to_check() -> None:
    assert len(TABLES) > 10
    assert len(ENUMS) > 5


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_column_is_labelled(column: "sa.Column[object]") -> None:
    label = column.info.get("personal")
    assert isinstance(label, PersonalLabel), "give it info=NOT_PERSONAL or info=personal(...)"
    if label.personal_class is not PersonalClass.NONE:
        assert label.purpose
        assert label.legal_basis
        assert label.retention


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.fullname)
def test_table_lives_in_a_schema_of_ours(table: sa.Table) -> None:
    assert table.schema in SCHEMAS


@pytest.mark.parametrize("name", sorted(str(name) for name in ENUMS))
def test_enum_is_native_lower_case_and_in_its_schema(name: str) -> None:
    enum = ENUMS[name]
    assert enum.native_enum
    assert enum.schema in SCHEMAS
    assert enum.enum_class is not None
    assert list(enum.enums) == [member.value for member in enum.enum_class]
    assert all(value == value.lower() and value.isascii() for value in enum.enums)


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_moments_carry_their_time_zone(column: "sa.Column[object]") -> None:
    if isinstance(column.type, sa.DateTime):
        assert column.type.timezone
        assert column.name.endswith(("_at", "_until", "_modified"))
