"""Say in Portuguese what is wrong with a request's form."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cogep_assist.core.errors import AppError
from cogep_assist.core.messages import render

MAX_REPORTED = 20
# The library names a choice of an enum as Python does: <Channel.WEB: 'web'>.
_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")

# Pydantic's error types (docs.pydantic.dev, "Validation errors") to words for a person.
WORDS: dict[str, str] = {
    "missing": "está faltando",
    "extra_forbidden": "não existe entre os campos aceitos",
    "string_type": "deve ser um texto",
    "string_too_short": "deve ter ao menos {min_length} caracteres",
    "string_too_long": "deve ter no máximo {max_length} caracteres",
    "string_pattern_mismatch": "não está na forma esperada",
    "int_type": "deve ser um número inteiro",
    "int_parsing": "deve ser um número inteiro",
    "int_from_float": "deve ser um número inteiro",
    "int_parsing_size": "é um número grande demais",
    "float_type": "deve ser um número",
    "float_parsing": "deve ser um número",
    "finite_number": "deve ser um número finito",
    "bool_type": "deve ser verdadeiro (true) ou falso (false)",
    "bool_parsing": "deve ser verdadeiro (true) ou falso (false)",
    "greater_than_equal": "deve ser no mínimo {ge}",
    "greater_than": "deve ser maior que {gt}",
    "less_than_equal": "deve ser no máximo {le}",
    "less_than": "deve ser menor que {lt}",
    "enum": "deve ser um destes: {expected}",
    "literal_error": "deve ser um destes: {expected}",
    "uuid_parsing": "deve ser um identificador (UUID)",
    "uuid_type": "deve ser um identificador (UUID)",
    "dict_type": "deve ser um objeto JSON",
    "model_type": "deve ser um objeto JSON",
    "model_attributes_type": "deve ser um objeto JSON",
    "list_type": "deve ser uma lista",
    "too_long": "deve ter no máximo {max_length} itens",
    "too_short": "deve ter ao menos {min_length} itens",
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        "deve ser uma data que exista, na forma AAAA-MM-DD",
    ),
    **dict.fromkeys(
        (
            *("datetime_type", "datetime_parsing", "datetime_from_date_parsing"),
            *("datetime_object_invalid", "timezone_aware"),
        ),
        "deve ser uma data e hora com o fuso, como 2026-11-30T10:00:00-03:00",
    ),
    "tuple_type": "deve ser uma lista",
    "none_required": "deve ficar vazio (null)",
    "string_unicode": "contém caracteres que não são texto válido",
}


class FieldsError(ValueError):
    """Fields that are each well formed and do not go together, told of one of them.

    For the validators of a whole body: the library knows no field then, and no words.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


# "Ao menos 1 caracteres" is what nobody says.
AT_LEAST_ONE = {
    "string_too_short": "não pode ficar vazio",
    "too_short": "deve ter ao menos um item",
}


def as_app_error(errors: Iterable[Mapping[str, Any]]) -> AppError:
    """Turn the findings of a validation into one error that names each field."""
    findings = list(errors)
    if any(finding["type"] == "json_invalid" for finding in findings):
        return AppError("body_invalid")
    fields = [
        {"field": field_name(_location(finding)), "reason": _reason(finding)}
        for finding in findings[:MAX_REPORTED]
    ]
    first = fields[0]
    return AppError(
        "request_invalid",
        field=f"“{first['field']}”",
        reason=f"“{first['field']}” {first['reason']}",
        fields=fields,
    )


def invalid_field(field: str, reason: str) -> AppError:
    """Return the error of one field, in the shape that validation gives."""
    return AppError(
        "request_invalid",
        field=f"“{field}”",
        reason=f"“{field}” {reason}",
        fields=[{"field": field, "reason": reason}],
    )


def field_name(location: Iterable[Any]) -> str:
    """Write a location as a client would: ``items[3].url``."""
    name = ""
    parts = list(location)
    if len(parts) > 1 and parts[0] in {"body", "query", "path", "header", "cookie"}:
        parts = parts[1:]
    for part in parts:
        if isinstance(part, int):
            name += f"[{part}]"
        else:
            name += f".{part}" if name else str(part)
    # A field's name comes from the client and may hold what no reply can carry.
    return name[:200].encode("utf-8", "replace").decode() or "corpo"


def _location(finding: Mapping[str, Any]) -> list[Any]:
    disagree = (finding.get("ctx") or {}).get("error")
    inside = [disagree.field] if isinstance(disagree, FieldsError) else []
    return [*finding["loc"], *inside]


def _reason(finding: Mapping[str, Any]) -> str:
    context = dict(finding.get("ctx") or {})
    if isinstance(context.get("error"), FieldsError):
        return str(context["error"])
    template = WORDS.get(str(finding["type"]), "não tem um valor aceito")
    if context.get("min_length") == 1:
        return AT_LEAST_ONE.get(str(finding["type"]), template)
    if "expected" in context:
        # "'a', 'b' or 'c'": the last word before the last choice is the library's.
        choices = _MEMBER.sub(r"\1", str(context["expected"]))
        context["expected"] = " ou ".join(choices.rsplit(" or ", 1))
    return render(template, context)
