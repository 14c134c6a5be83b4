"""Custom fields: what the organisation keeps about customers beside what everybody does."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core import audit
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Customer, CustomerField, CustomerKind, FieldType
from cogep_assist.core.principal import Act, Principal
from cogep_assist.crm_service.customers.customer_schemas import FieldBody, FieldChange
from cogep_assist.crm_service.customers.customer_values import (
    Cleaned,
    Problem,
    ProblemError,
    clean_date,
    clean_text,
)

MAX_FIELDS = 60
MAX_TEXT_CHARS = 2000
# Wider numbers would not come back from JSON as they went in.
MAX_NUMBER = 10**15
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:[.,][0-9]{1,6})?")
_THOUSANDS = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{3}){1,4}(?:,[0-9]{1,6})?")
_YES = frozenset(["1", "s", "sim", "true", "verdadeiro", "v", "x", "yes"])
_NO = frozenset(["0", "n", "nao", "não", "false", "falso", "f", "no"])


async def list_fields(session: AsyncSession, principal: Principal) -> Sequence[CustomerField]:
    """Return the fields in use, in the order they are shown."""
    principal.require(Act.READ_CUSTOMERS)
    return await living_fields(session)


async def living_fields(session: AsyncSession) -> Sequence[CustomerField]:
    """Return the definitions that values are held to."""
    statement = (
        sa.select(CustomerField)
        .where(CustomerField.archived_at.is_(None))
        .order_by(CustomerField.position, CustomerField.key)
    )
    return (await session.scalars(statement)).all()


async def create_field(
    session: AsyncSession, principal: Principal, body: FieldBody
) -> CustomerField:
    """Add a field. Raises AppError("customer_field_exists"|"customer_field_limit")."""
    principal.require(Act.DEFINE_CUSTOMER_FIELDS)
    count = await session.scalar(sa.select(sa.func.count()).select_from(CustomerField))
    if (count or 0) >= MAX_FIELDS:
        raise AppError("customer_field_limit", limit=MAX_FIELDS)
    made = CustomerField(**body.model_dump())
    try:
        async with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise AppError("customer_field_exists", key=body.key) from None
    await audit.record(
        session, principal, "customer_field_created", "customer_field", made.id, {"key": made.key}
    )
    await session.refresh(made)
    return made


async def change_field(
    session: AsyncSession, principal: Principal, key: str, change: FieldChange
) -> CustomerField:
    """Rename a field, add choices, require or archive it.

    A choice that customers hold cannot go. Raises AppError("customer_field_not_found"|
    "customer_field_in_use").
    """
    principal.require(Act.DEFINE_CUSTOMER_FIELDS)
    found = await session.scalar(
        sa.select(CustomerField).where(CustomerField.key == key).with_for_update()
    )
    if found is None:
        raise AppError("customer_field_not_found", key=key)
    values = change.model_dump(exclude_unset=True)
    archived = values.pop("archived", None)
    if "choices" in values:
        await _check_choices(session, found, values["choices"])
    for name, value in values.items():
        setattr(found, name, value)
    if archived is not None:
        found.archived_at = sa.func.clock_timestamp() if archived else None
    await session.flush()
    await audit.record(
        session,
        principal,
        "customer_field_changed",
        "customer_field",
        found.id,
        {"key": key, "changed": sorted(change.model_fields_set)},
    )
    await session.refresh(found)
    return found


def clean_custom(
    given: Mapping[str, Any] | None,
    fields: Sequence[CustomerField],
    kind: CustomerKind,
    cleaned: Cleaned,
    *,
    is_new: bool,
) -> None:
    """Hold custom values to their definitions; what is wrong becomes a problem.

    None removes a value. A required field must be there when a customer is made, and
    cannot be emptied afterwards.
    """
    known = {f.key: f for f in fields if f.customer_kind in {None, kind}}
    values: dict[str, Any] = {}
    for key, value in (given or {}).items():
        name = f"custom.{key[:60]}"
        field = known.get(key)
        try:
            if field is None:
                raise ProblemError("field_unknown")
            values[key] = clean_custom_value(field, value)
            if values[key] is None and field.is_required:
                raise ProblemError("missing")
        except ProblemError as error:
            cleaned.problems.append(Problem(name, error.code))
    if is_new:
        cleaned.problems += [
            Problem(f"custom.{key}", "missing")
            for key, field in known.items()
            if field.is_required and key not in (given or {})
        ]
    if given is not None:
        cleaned.custom = values


def clean_custom_value(field: CustomerField, value: Any) -> Any:
    """Return a value in the form of its field, or None for an empty one.

    Raises ProblemError.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return _CLEANERS[field.field_type](field, value)


def _text(_field: CustomerField, value: Any) -> str | None:
    return clean_text(value, MAX_TEXT_CHARS, lines=True)


def _number(_field: CustomerField, value: Any) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = value
    else:
        text = (clean_text(value, 40) or "").removeprefix("R$").replace(" ", "")
        if _THOUSANDS.fullmatch(text):
            text = text.replace(".", "")
        if not _NUMBER.fullmatch(text):
            raise ProblemError("number_invalid")
        number = float(text.replace(",", "."))
    # Not-a-number compares as outside.
    if not -MAX_NUMBER < number < MAX_NUMBER:
        raise ProblemError("number_invalid")
    return int(number) if number == int(number) else number


def _date(_field: CustomerField, value: Any) -> str:
    return clean_date(value).isoformat()


def _boolean(_field: CustomerField, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = (clean_text(value, 20) or "").lower() if isinstance(value, str) else ""
    if text in _YES or text in _NO:
        return text in _YES
    raise ProblemError("boolean_invalid")


def _choice(field: CustomerField, value: Any) -> str:
    text = clean_text(value, MAX_TEXT_CHARS)
    for choice in field.choices:
        if text is not None and choice.casefold() == text.casefold():
            return choice
    raise ProblemError("choice_invalid")


_CLEANERS = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.BOOLEAN: _boolean,
    FieldType.CHOICE: _choice,
}


async def _check_choices(
    session: AsyncSession, field: CustomerField, choices: Sequence[str]
) -> None:
    gone = set(field.choices) - set(choices)
    if field.field_type is not FieldType.CHOICE or not choices:
        raise AppError("customer_field_in_use", key=field.key)
    if not gone:
        return
    held = await session.scalar(
        sa.select(sa.literal(1))
        .where(Customer.custom[field.key].astext.in_(gone), Customer.removed_at.is_(None))
        .limit(1)
    )
    if held:
        raise AppError("customer_field_in_use", key=field.key)
