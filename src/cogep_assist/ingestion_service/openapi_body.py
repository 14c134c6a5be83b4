"""How the contract describes the body of POST /ingest, which is read by hand."""

from typing import Any

from cogep_assist.ingestion_service.submission import (
    MAX_EXTERNAL_ID_CHARS,
    MAX_PRIORITY,
    MAX_TITLE_CHARS,
    MIN_PRIORITY,
)

MAX_ITEMS = 1000
# What stands beside the types of a field that may be null, and not in one of them.
BESIDE = {"default", "description"}
NO_NUL = "^[^\\u0000]*$"


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": required,
    }


def _named(title: str, properties: dict[str, Any], obligatory: dict[str, Any]) -> dict[str, Any]:
    """Describe a shape of JSON, of which a generator makes a class; null is as good as absent."""
    optional = {
        name: {"anyOf": [{k: v for k, v in one.items() if k not in BESIDE}, {"type": "null"}]}
        | {k: v for k, v in one.items() if k in BESIDE}
        for name, one in properties.items()
    }
    return {"title": title, **_object(obligatory | optional, list(obligatory))}


_SHARED: dict[str, Any] = {
    "collection": {"type": "string", "pattern": "^[a-z0-9_-]{1,64}$", "default": "geral"},
    "metadata": {
        "type": "object",
        "additionalProperties": True,
        "description": "Até 16 KiB e 8 níveis.",
    },
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
_CALLBACK = {
    "callback_url": {**_URL, "description": "Quem é avisado, por POST assinado, quando termina."}
}
_TEXT = {"type": "string", "minLength": 1, "pattern": "\\S"}
_ITEM = {
    "oneOf": [
        _named("IngestUrl", {**_ONE, **_CALLBACK}, {"url": _URL}),
        _named("IngestText", {**_ONE, **_CALLBACK}, {"text": _TEXT}),
    ]
}
_BATCH = _named(
    "IngestItems",
    {**_SHARED, **_CALLBACK},
    {"items": {"type": "array", "items": _ITEM, "minItems": 1, "maxItems": MAX_ITEMS}},
)
_FORM = {
    "title": "IngestFiles",
    **_object(
        {
            "file": {
                "type": "array",
                "items": {"type": "string", "format": "binary", "minLength": 1},
                "minItems": 1,
            },
            **_ONE,
            "metadata": {"type": "string", "contentMediaType": "application/json"},
            **_CALLBACK,
        },
        ["file"],
    ),
}

INGEST_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"anyOf": [_ITEM, _BATCH]}},
            "multipart/form-data": {"schema": _FORM},
        },
    }
}
