"""How the contract describes the body of POST /ingest, which is read by hand."""

from typing import Any

from cogep_assist.ingestion_service.submission import (
    MAX_EXTERNAL_ID_CHARS,
    MAX_PRIORITY,
    MAX_TITLE_CHARS,
    MIN_PRIORITY,
)

MAX_ITEMS = 1000
NO_NUL = "^[^\\u0000]*$"


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": required,
    }


_SHARED: dict[str, Any] = {
    "collection": {"type": "string", "pattern": "^[a-z0-9_-]{1,64}$", "default": "geral"},
    "metadata": {"type": "object", "description": "Até 16 KiB e 8 níveis."},
    "priority": {
        "type": "integer",
        "minimum": MIN_PRIORITY,
        "maximum": MAX_PRIORITY,
        "default": 0,
    },
}
_ONE: dict[str, Any] = {
    **_SHARED,
    "title": {"type": "string", "maxLength": MAX_TITLE_CHARS, "pattern": NO_NUL},
    "external_id": {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_EXTERNAL_ID_CHARS,
        "pattern": NO_NUL,
        "description": "O nome da fonte no sistema de origem: o mesmo nome, o mesmo documento.",
    },
}
_URL = {
    "type": "string",
    "format": "uri",
    "maxLength": 4096,
    "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://",
}
_TEXT = {"type": "string", "minLength": 1, "pattern": "\\S"}
_ITEM = {
    "oneOf": [_object({"url": _URL, **_ONE}, ["url"]), _object({"text": _TEXT, **_ONE}, ["text"])]
}
_BATCH = _object(
    {"items": {"type": "array", "items": _ITEM, "minItems": 1, "maxItems": MAX_ITEMS}, **_SHARED},
    ["items"],
)
_FORM = _object(
    {
        "file": {
            "type": "array",
            "items": {"type": "string", "format": "binary", "minLength": 1},
            "minItems": 1,
        },
        **_ONE,
        "metadata": {"type": "string", "contentMediaType": "application/json"},
    },
    ["file"],
)

INGEST_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"anyOf": [_ITEM, _BATCH]}},
            "multipart/form-data": {"schema": _FORM},
        },
    }
}
