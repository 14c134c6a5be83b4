"""Write what the n8n node offers, from the contract.

python scripts/generate_n8n_node.py            writes the operations
python scripts/generate_n8n_node.py --check    writes nothing; exits 1 if they are stale
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cogep_assist.core.config import load_settings
from cogep_assist.main import create_app

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "integrations/n8n-nodes-cogep/nodes/operations.json"
Schema = dict[str, Any]

# What flows are made of: (resource, its name, (operation, method, path), ...).
OFFERED = (
    (
        "question",
        "Pergunta",
        ("ask", "post", "/ask"),
        ("rate", "post", "/ask/{answer_id}/feedback"),
        ("search", "get", "/search"),
        ("gaps", "get", "/gaps"),
    ),
    (
        "document",
        "Documento",
        ("ingest", "post", "/ingest"),
        ("job", "get", "/ingest/{job_id}"),
        ("list", "get", "/documents"),
        ("delete", "delete", "/documents/{document_id}"),
    ),
    (
        "ticket",
        "Chamado",
        ("create", "post", "/crm/tickets"),
        ("createFromAnswer", "post", "/crm/tickets/from-answer"),
        ("get", "get", "/crm/tickets/{ticket_id}"),
        ("list", "get", "/crm/tickets"),
        ("comment", "post", "/crm/tickets/{ticket_id}/comments"),
        ("move", "post", "/crm/tickets/{ticket_id}/transition"),
        ("assign", "post", "/crm/tickets/{ticket_id}/assign"),
    ),
    (
        "customer",
        "Cliente",
        ("create", "post", "/crm/customers"),
        ("get", "get", "/crm/customers/{customer_id}"),
        ("list", "get", "/crm/customers"),
    ),
    (
        "subjectRequest",
        "Pedido de titular",
        ("create", "post", "/lgpd/requests"),
        ("get", "get", "/lgpd/requests/{request_id}"),
        ("list", "get", "/lgpd/requests"),
    ),
)
# One form of a source, as a flow sends it; many at once and files go by an HTTP request.
BODIES = {
    "/ingest": {
        "properties": {
            name: {"type": "string"}
            for name in ("url", "text", "title", "collection", "external_id", "callback_url")
        }
        | {"metadata": {"type": "object"}}
    }
}
WITHOUT = {"stream"}
PAGED = {"limit", "cursor"}
OF_LISTS = "={{ ($value || '').split(',').map((one) => one.trim()).filter(Boolean) }}"
OF_JSON = "={{ typeof $value === 'string' ? JSON.parse($value) : $value }}"
NEXT_PAGE = "={{ Object.assign({}, $request.qs, { cursor: $response.body?.next_cursor }) }}"
ALL_PAGES = {
    "send": {"paginate": "={{ $value }}"},
    "operations": {
        "pagination": {
            "type": "generic",
            "properties": {
                "continue": "={{ !!$response.body?.next_cursor }}",
                # The whole query: it takes the place of what the fields made.
                "request": {"qs": NEXT_PAGE},
            },
        }
    },
}


def main() -> None:
    """Write the operations, or say whether they are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    written = json.dumps(operations(contract()), ensure_ascii=False, indent=1) + "\n"
    if not parser.parse_args().check:
        TARGET.write_text(written, "utf-8")
    elif TARGET.read_text("utf-8") != written:
        sys.exit("stale: run scripts/generate_n8n_node.py")


def contract() -> Schema:
    """Return the API's contract."""
    return create_app(load_settings()).openapi()


def operations(openapi: Schema) -> list[Schema]:
    """Return the node's properties: resources, their operations, and what each asks for."""
    names = [{"name": label, "value": value} for value, label, *_ in OFFERED]
    found = [_choice("resource", "Recurso", names)]
    for resource, _, *offered in OFFERED:
        shown = {"resource": [resource]}
        described = [(name, path, openapi["paths"][path][method]) for name, method, path in offered]
        methods = {name: method for name, method, _ in offered}
        options = [_operation(name, methods[name], path, one) for name, path, one in described]
        found.append(_choice("operation", "Operação", options, shown))
        found += [
            {**asked, "displayOptions": {"show": {**shown, "operation": [name]}}}
            for name, path, one in described
            for asked in _asked(openapi, path, one)
        ]
    return found


def _choice(name: str, label: str, options: list[Schema], shown: Schema | None = None) -> Schema:
    told = {
        "displayName": label,
        "name": name,
        "type": "options",
        "noDataExpression": True,
        "options": options,
        "default": options[0]["value"],
    }
    return told | ({"displayOptions": {"show": shown}} if shown else {})


def _operation(name: str, method: str, path: str, one: Schema) -> Schema:
    address = re.sub(r"\{(\w+)\}", r'{{encodeURIComponent($parameter["\1"])}}', path)
    request = {"method": method.upper(), "url": f"={address}"}
    told = {"name": one["summary"], "value": name, "action": one["summary"]}
    routing: Schema = {"request": request}
    if _is_paged(one):
        rows = {"type": "rootProperty", "properties": {"property": "items"}}
        routing["output"] = {"postReceive": [rows]}
    return told | {"routing": routing}


def _is_paged(one: Schema) -> bool:
    return {parameter["name"] for parameter in one.get("parameters", [])} >= PAGED


def _asked(openapi: Schema, path: str, one: Schema) -> Iterator[Schema]:
    """Give what must be said first, then all that may be, in one collection."""
    fields = [*_parameters(openapi, one), *_said(openapi, path, one)]
    yield from (field for field in fields if field.get("required"))
    if _is_paged(one):
        label = "Todas as páginas"
        whole = {"displayName": label, "name": "all", "type": "boolean", "default": False}
        yield whole | {"routing": ALL_PAGES}
    optional = [field for field in fields if not field.get("required")]
    if optional:
        yield {
            "displayName": "Opcionais",
            "name": "optional",
            "type": "collection",
            "placeholder": "Acrescentar",
            "default": {},
            "options": optional,
        }


def _parameters(openapi: Schema, one: Schema) -> Iterator[Schema]:
    for parameter in one.get("parameters", []):
        name, place = parameter["name"], parameter["in"]
        if name != "cursor":
            known = _field(openapi, name, parameter["schema"], parameter.get("description"))
            yield _routed(known, place, name, required=parameter.get("required", False))


def _said(openapi: Schema, path: str, one: Schema) -> Iterator[Schema]:
    body = BODIES.get(path) or _body(openapi, one)
    for name, schema in body.get("properties", {}).items():
        if name not in WITHOUT:
            known = _field(openapi, name, schema, schema.get("description"))
            yield _routed(known, "body", name, required=name in body.get("required", []))


def _routed(field: Schema, place: str, name: str, *, required: bool) -> Schema:
    """Say where a field's value goes; one of the path is in the address already."""
    several = field.pop("several", False)
    routing: Schema = {}
    if place == "header":
        routing = {"request": {"headers": {name: "={{ $value }}"}}}
    elif place != "path":
        routing = {"send": {"type": place, "property": name}}
        if several or field["type"] == "json":
            routing["send"]["value"] = OF_LISTS if several else OF_JSON
    return (
        field | ({"routing": routing} if routing else {}) | ({"required": True} if required else {})
    )


def _body(openapi: Schema, one: Schema) -> Schema:
    content = one.get("requestBody", {}).get("content", {})
    return _resolved(openapi, content["application/json"]["schema"]) if content else {}


def _field(openapi: Schema, name: str, schema: Schema, description: str | None) -> Schema:
    """Return a field of the node's form for a value of the contract."""
    known = _resolved(openapi, schema)
    told: Schema = {"displayName": name, "name": name, "type": "string", "default": ""}
    kind = known.get("type")
    if "enum" in known or "const" in known:
        values = known.get("enum", [known.get("const")])
        told["type"] = "options"
        told["options"] = [{"name": str(value), "value": value} for value in values]
        told["default"] = known.get("default", values[0])
    elif kind in {"integer", "number"}:
        told |= {"type": "number", "default": known.get("default", 0)}
    elif kind == "boolean":
        told |= {"type": "boolean", "default": known.get("default", False)}
    elif kind == "array" and _resolved(openapi, known["items"]).get("type") == "string":
        told |= {"several": True, "placeholder": "um, outro"}
    elif kind in {"array", "object"}:
        told |= {"type": "json", "default": "[]" if kind == "array" else "{}"}
    return told | ({"description": description} if description else {})


def _resolved(openapi: Schema, schema: Schema) -> Schema:
    """Follow references, and leave out that a value may be null: what is not said is not sent."""
    if "$ref" in schema:
        return _resolved(
            openapi, openapi["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        )
    if "anyOf" in schema:
        some = [one for one in schema["anyOf"] if one.get("type") != "null"]
        return {
            **_resolved(openapi, some[0]),
            **({"default": schema["default"]} if schema.get("default") else {}),
        }
    return schema


if __name__ == "__main__":
    main()
