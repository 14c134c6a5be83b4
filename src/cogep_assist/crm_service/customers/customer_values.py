"""Customers' values as they are typed, brought to the form that is stored, or refused by name."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from cogep_assist.core.brazil.cep import STATES, normalize_cep
from cogep_assist.core.brazil.cnpj import normalize_cnpj
from cogep_assist.core.brazil.cpf import normalize_cpf
from cogep_assist.core.brazil.email_address import normalize_email
from cogep_assist.core.brazil.names import fold_name
from cogep_assist.core.brazil.phone import normalize_phone
from cogep_assist.core.brazil.typed_text import mixes_scripts, plain
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ContactKind, CustomerKind
from cogep_assist.crm_service.customers.customer_labels import FIELDS, PROBLEMS

MAX_NAME_CHARS = 200
MAX_SHORT_CHARS = 200
MAX_NOTES_CHARS = 10_000
MAX_CONTACTS = 20
MAX_TAGS = 50
EARLIEST_BIRTH = date(1880, 1, 1)
PERSONS_ONLY = frozenset({"cpf", "birth_date"})
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?")
_CLASS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+){0,9}")
_TAG = re.compile(r"[^\W_]+(?:[ /.-][^\W_]+){0,9}")
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y")
# Control characters that no person types; tab and line ends have their use in notes.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one field was refused; the value itself is never repeated."""

    field: str
    code: str

    @property
    def sentence(self) -> str:
        """The problem in words: "CPF não é um CPF válido"."""
        name = self.field.partition("[")[0]
        return f"{FIELDS.get(name, name.removeprefix('custom.'))} {PROBLEMS[self.code]}"


class ProblemError(ValueError):
    """One value that cannot be stored, by the code of its problem."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact in the form that is stored."""

    kind: ContactKind
    canonical: str
    typed: str
    label: str | None = None
    is_primary: bool = False


@dataclass(slots=True)
class Cleaned:
    """What somebody asked to be stored: only what they named, and what is wrong with it."""

    columns: dict[str, Any] = field(default_factory=dict)
    contacts: list[Contact] | None = None
    tags: list[str] | None = None
    custom: dict[str, Any] | None = None
    problems: list[Problem] = field(default_factory=list)

    def refuse_problems(self) -> None:
        """Raise AppError("customer_invalid") with every problem, if there is one."""
        if self.problems:
            raise AppError(
                "customer_invalid",
                reason="; ".join(problem.sentence for problem in self.problems[:5]),
                fields=[
                    {"field": p.field, "code": p.code, "reason": PROBLEMS[p.code]}
                    for p in self.problems[:50]
                ],
            )


def clean_values(given: Mapping[str, Any], kind: CustomerKind) -> Cleaned:
    """Return a customer's fields as they are stored, with a problem for each that cannot be.

    ``custom`` is left to the definitions of the fields, which the database knows.
    """
    cleaned = Cleaned()
    for name, value in given.items():
        if name in CLEANERS:
            _clean_column(cleaned, name, value, kind)
    if given.get("contacts") is not None:
        cleaned.contacts = _clean_contacts(given["contacts"], cleaned.problems)
    if given.get("tags") is not None:
        cleaned.tags = _clean_tags(given["tags"], cleaned.problems)
    return cleaned


def clean_text(value: Any, limit: int, *, lines: bool = False) -> str | None:
    """Return a text without what cannot be seen, or None for an empty one.

    Raises ProblemError("not_text"|"too_long").
    """
    if not isinstance(value, str):
        raise ProblemError("not_text")
    if len(value) > 4 * limit + 100:
        raise ProblemError("too_long")
    if lines:
        text = _CONTROL.sub("", value).replace("\r\n", "\n").encode("utf-8", "ignore").decode()
        text = text.strip()
    else:
        text = plain(value)
    if len(text) > limit:
        raise ProblemError("too_long")
    return text or None


def clean_date(value: Any) -> date:
    """Return a date written ISO or day first. Raises ProblemError("date_invalid")."""
    if isinstance(value, date):
        return value
    text = plain(value)[:40] if isinstance(value, str) else ""
    # Spreadsheets add a midnight to a date.
    text = re.sub(r"[ T]00:00(?::00(?:\.0+)?)?$", "", text)
    for form in _DATES:
        try:
            found = datetime.strptime(text, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        # Two digits of a year: nobody was born in the years to come.
        return found if found <= _today() else _century_before(found, form)
    raise ProblemError("date_invalid")


def _century_before(found: date, form: str) -> date:
    if form != "%d/%m/%y":
        return found
    try:
        return found.replace(year=found.year - 100)
    except ValueError:
        raise ProblemError("date_invalid") from None


def _clean_column(cleaned: Cleaned, name: str, value: Any, kind: CustomerKind) -> None:
    if value is None or (isinstance(value, str) and not value.strip()):
        if name == "name":
            cleaned.problems.append(Problem(name, "missing"))
        elif name not in _DEFAULTED:
            cleaned.columns[name] = None
        return
    if name in PERSONS_ONLY and kind is not CustomerKind.PERSON:
        cleaned.problems.append(Problem(name, "only_for_persons"))
        return
    try:
        cleaned.columns[name] = CLEANERS[name](value)
    except ProblemError as error:
        cleaned.problems.append(Problem(name, error.code))


def _clean_contacts(given: Any, problems: list[Problem]) -> list[Contact]:
    if not isinstance(given, list) or len(given) > MAX_CONTACTS:
        problems.append(Problem("contacts", "too_many"))
        return []
    found: dict[tuple[ContactKind, str], Contact] = {}
    primary: set[ContactKind] = set()
    for place, one in enumerate(given):
        try:
            contact = _clean_contact(one)
        except ProblemError as error:
            problems.append(Problem(f"contacts[{place}].value", error.code))
            continue
        found.setdefault((contact.kind, contact.canonical), contact)
        if contact.is_primary:
            primary.add(contact.kind)
    return _with_one_primary_each(found.values())


def _clean_contact(one: Mapping[str, Any]) -> Contact:
    kind = ContactKind(one["kind"])
    typed = clean_text(one["value"], MAX_SHORT_CHARS) or ""
    label = clean_text(one["label"], 60) if one.get("label") else None
    return Contact(kind, clean_contact(kind, typed), typed, label, bool(one.get("is_primary")))


def clean_contact(kind: ContactKind, typed: str) -> str:
    """Return the canonical form of a contact. Raises ProblemError("..._invalid")."""
    if kind is ContactKind.EMAIL:
        canonical = normalize_email(typed)
        if canonical is None:
            raise ProblemError("email_invalid")
        return canonical
    phone = normalize_phone(typed)
    if phone is None:
        raise ProblemError("phone_invalid")
    return phone.e164


def _with_one_primary_each(contacts: Iterable[Contact]) -> list[Contact]:
    """Make the one that says so, or else the first of its kind, the primary one."""
    listed = list(contacts)
    chosen: dict[ContactKind, Contact] = {}
    for contact in sorted(listed, key=lambda contact: not contact.is_primary):
        chosen.setdefault(contact.kind, contact)
    return [Contact(c.kind, c.canonical, c.typed, c.label, chosen[c.kind] is c) for c in listed]


def _clean_tags(given: Any, problems: list[Problem]) -> list[str]:
    if not isinstance(given, list) or len(given) > MAX_TAGS:
        problems.append(Problem("tags", "too_many"))
        return []
    found = set()
    for place, one in enumerate(given):
        tag = plain(one).lower() if isinstance(one, str) and len(one) <= MAX_SHORT_CHARS else ""
        if len(tag) > 40 or not _TAG.fullmatch(tag):
            problems.append(Problem(f"tags[{place}]", "tag_invalid"))
        else:
            found.add(tag)
    return sorted(found)


def _name(value: Any) -> str:
    text = clean_text(value, MAX_NAME_CHARS)
    if text is None or not fold_name(text):
        raise ProblemError("missing")
    if mixes_scripts(text):
        raise ProblemError("mixes_scripts")
    return text


def _short(value: Any) -> str | None:
    return clean_text(value, MAX_SHORT_CHARS)


def _notes(value: Any) -> str | None:
    return clean_text(value, MAX_NOTES_CHARS, lines=True)


def _birth_date(value: Any) -> date:
    found = clean_date(value)
    if found > _today():
        raise ProblemError("date_in_future")
    if found < EARLIEST_BIRTH:
        raise ProblemError("date_too_old")
    return found


def _state(value: Any) -> str:
    text = (clean_text(value, 40) or "").upper()
    if text not in STATES:
        raise ProblemError("state_invalid")
    return text


def _language(value: Any) -> str:
    text = clean_text(value, 20) or ""
    if not _LANGUAGE.fullmatch(text):
        raise ProblemError("language_invalid")
    return text


def _class(value: Any) -> str:
    text = clean_text(value, 40) or ""
    if not _CLASS.fullmatch(text):
        raise ProblemError("class_invalid")
    return text


def _normalized(normalize: Callable[[str], str | None], code: str) -> Callable[[Any], str]:
    def clean(value: Any) -> str:
        found = normalize(clean_text(value, MAX_SHORT_CHARS) or "")
        if found is None:
            raise ProblemError(code)
        return found

    return clean


def _today() -> date:
    return datetime.now(UTC).date()


# These have a value of the database's own where none is given.
_DEFAULTED = frozenset({"language", "customer_class"})
CLEANERS: dict[str, Callable[[Any], Any]] = {
    "name": _name,
    "social_name": _name,
    "cpf": _normalized(normalize_cpf, "cpf_invalid"),
    "cnpj": _normalized(normalize_cnpj, "cnpj_invalid"),
    "external_id": _short,
    "birth_date": _birth_date,
    "language": _language,
    "customer_class": _class,
    "cep": _normalized(normalize_cep, "cep_invalid"),
    "street": _short,
    "street_number": _short,
    "complement": _short,
    "district": _short,
    "city": _short,
    "state": _state,
    "notes": _notes,
}
