"""What is wrong with a field is told in words that help to write it."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import AwareDatetime, TypeAdapter, ValidationError

import cogep_assist
from cogep_assist.edge.validation_words import as_app_error
from cogep_assist.lgpd_service.erasure.erasure_schemas import HoldBody

SRC = Path(cogep_assist.__file__).parent


@pytest.mark.parametrize("kind", [date, datetime, AwareDatetime, UUID, int, float, bool, list[str]])
@pytest.mark.parametrize("given", ["ontem", "", "2026-13-40", "2026-11-30T10:00", 0.5, [], {}])
def test_whatever_is_wrong_with_a_value_is_told_in_words(kind: Any, given: Any) -> None:
    found: list[Any] = []
    try:
        TypeAdapter(kind).validate_python(given)
    except ValidationError as refused:
        found = refused.errors()
    assert not found or "não tem um valor aceito" not in as_app_error(found).message


def test_fields_that_do_not_go_together_are_named() -> None:
    with pytest.raises(ValidationError) as refused:
        HoldBody.model_validate({"reason": "processo 123/2026"})
    told = as_app_error([{**one, "loc": ("body", *one["loc"])} for one in refused.value.errors()])
    [field] = told.details["fields"]
    assert field["field"] == "customer_id"
    assert "document_id" in field["reason"]


@pytest.mark.parametrize("path", sorted(SRC.rglob("*schemas*.py")), ids=lambda path: path.stem)
def test_no_schema_refuses_without_words(path: Path) -> None:
    assert "raise ValueError" not in path.read_text("utf-8"), "raise FieldsError: it names a field"
