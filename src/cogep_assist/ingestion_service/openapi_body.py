"""How the contract describes the body of POST /ingest, which is read by hand."""

from typing import Any

from cogep_assist.ingestion_service.schemas import IngestBatch, IngestItem


def _inline(model: type[IngestItem] | type[IngestBatch]) -> dict[str, Any]:
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})
    properties = schema.get("properties", {})
    if "items" in properties and definitions:
        properties["items"]["items"] = definitions["IngestItem"]
    return schema


INGEST_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"anyOf": [_inline(IngestItem), _inline(IngestBatch)]}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "file": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "minItems": 1,
                        },
                        "collection": {"type": "string"},
                        "external_id": {"type": "string"},
                        "title": {"type": "string"},
                        "metadata": {"type": "string", "description": "Objeto JSON."},
                        "priority": {"type": "integer"},
                        "callback_url": {"type": "string"},
                    },
                    "required": ["file"],
                }
            },
        },
    }
}
