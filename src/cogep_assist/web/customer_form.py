"""A customer's form: what it shows of a customer, and what a person typed into it."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ContactKind, CustomerField, CustomerKind
from cogep_assist.crm_service.customers.customer_schemas import (
    CustomerBody,
    CustomerReply,
    CustomerValues,
)
from cogep_assist.edge.validation_words import as_app_error

PLAIN = (
    "name",
    "social_name",
    "cnpj",
    "external_id",
    "birth_date",
    "customer_class",
    "cep",
    "street",
    "street_number",
    "complement",
    "district",
    "city",
    "state",
    "notes",
)
BLANK_CONTACTS = 2
CUSTOM = "custom."
Shape = TypeVar("Shape", bound=BaseModel)


def form_of(customer: CustomerReply) -> dict[str, Any]:
    """Return the form of a customer as it stands. The CPF is left out: it is masked."""
    values: dict[str, Any] = {name: getattr(customer, name) or "" for name in PLAIN}
    values |= {"cpf": "", "tags": ", ".join(customer.tags), "kind": customer.kind.value}
    values |= {f"{CUSTOM}{key}": value for key, value in customer.custom.items()}
    contacts = [
        {
            "kind": one.kind.value,
            "value": one.value,
            "label": one.label or "",
            "main": one.is_primary,
        }
        for one in customer.contacts
    ]
    return values | {"contacts": contacts + blank_contacts()}


def form_as_typed(form: FormData) -> dict[str, Any]:
    """Return a form as somebody sent it, to be given back."""
    values: dict[str, Any] = {name: str(value) for name, value in form.items()}
    return {**dict.fromkeys((*PLAIN, "cpf", "tags", "kind"), ""), **values} | {
        "contacts": _contacts(form) + blank_contacts()
    }


def blank_contacts() -> list[dict[str, Any]]:
    """Return rows for contacts yet to be typed."""
    return [
        {"kind": kind.value, "value": "", "label": "", "main": False}
        for kind in list(ContactKind)[:BLANK_CONTACTS]
    ]


def new_customer(form: FormData, fields: Sequence[CustomerField]) -> CustomerBody:
    """Read a form as a new customer. Raises AppError("request_invalid")."""
    said = {name: value for name, value in _said(form, fields).items() if value not in ("", None)}
    return _read(CustomerBody, {**said, "kind": form.get("kind") or CustomerKind.PERSON.value})


def changed_customer(form: FormData, fields: Sequence[CustomerField]) -> CustomerValues:
    """Read a form as changes: every field of the form, but a CPF only where one was typed."""
    said = _said(form, fields)
    if not said.get("cpf"):
        said.pop("cpf", None)
    told = {name: value if value != "" else None for name, value in said.items()}
    return _read(CustomerValues, told)


def wrong_fields(problem: AppError | None) -> dict[str, str]:
    """Return what is wrong with each field, in words."""
    if problem is None:
        return {}
    named = [one for one in problem.details.get("fields", []) if isinstance(one, Mapping)]
    found = {str(one["field"]).partition("[")[0]: str(one["reason"]) for one in named}
    if problem.code == "customer_exists":
        found[str(problem.details.get("field"))] = "já está em outro cadastro"
    return found


def _said(form: FormData, fields: Sequence[CustomerField]) -> dict[str, Any]:
    said: dict[str, Any] = {
        name: str(form.get(name, "")).strip() for name in (*PLAIN, "cpf") if name in form
    }
    if "tags" in form:
        said["tags"] = [tag for one in str(form["tags"]).split(",") if (tag := one.strip())]
    said["contacts"] = [
        {
            "kind": one["kind"],
            "value": one["value"],
            "label": one["label"] or None,
            "is_primary": one["main"],
        }
        for one in _contacts(form)
    ]
    custom = {
        field.key: str(form[f"{CUSTOM}{field.key}"]).strip() or None
        for field in fields
        if f"{CUSTOM}{field.key}" in form
    }
    return said | ({"custom": custom} if custom else {})


def _contacts(form: FormData) -> list[dict[str, Any]]:
    """Return the rows in which something was typed; "principal" names rows by their place."""
    main = {str(one) for one in form.getlist("principal")}
    rows = zip(
        form.getlist("contato_tipo"),
        form.getlist("contato"),
        form.getlist("contato_nota"),
        strict=False,
    )
    return [
        {
            "kind": str(kind),
            "value": str(value).strip(),
            "label": str(note).strip(),
            "main": str(n) in main,
        }
        for n, (kind, value, note) in enumerate(rows)
        if str(value).strip()
    ]


def _read(shape: type[Shape], values: Mapping[str, Any]) -> Shape:
    try:
        return shape.model_validate(values)
    except ValidationError as error:
        raise as_app_error(error.errors()) from None
