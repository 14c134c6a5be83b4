"""The contract as generators of clients read it: plain names, and a type for all that goes out."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from api import Api

from cogep_assist.edge.contract_names import operation_id
from cogep_assist.ingestion_service.multipart import TEXT_FIELDS
from cogep_assist.ingestion_service.schemas import IngestBatch, IngestItem

# Each is free by what it is: whoever reads it cannot know its names beforehand.
FREE = {
    "ActReply.details": "differs with the act",
    "AttemptReply.request": "is the event that went out, and each event has a shape of its own",
    "Change.after": "is the value of whichever field changed",
    "Change.before": "is the value of whichever field changed",
    "CustomerEventReply.details": "differs with the event",
    "CustomerReply.custom": "holds the fields that the organisation made",
    "DecisionReply.effect": "differs with the kind of decision",
    "DocumentReply.metadata": "is what the client gave",
    "ErrorBody.details": "differs with the code, as docs/erros.md lists",
    "FieldComparison.loser": "is the value of whichever field is compared",
    "FieldComparison.winner": "is the value of whichever field is compared",
    "IncidentStepReply.details": "differs with the step",
    "StepReply.details": "differs with the step",
    "TicketEventReply.details": "differs with the event",
    "IngestItems.metadata": "is what the client gives",
    "IngestText.metadata": "is what the client gives",
    "IngestUrl.metadata": "is what the client gives",
}


_made: dict[str, Any] = {}


@pytest.fixture
async def contract(api: Api) -> dict[str, Any]:
    """The contract, which takes a second to make and is the same of every application."""
    if not _made:
        _made.update(api.app.openapi())
    return _made


def operations(contract: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


async def test_an_operation_is_named_by_its_method_and_path(
    contract: dict[str, Any],
) -> None:
    names: dict[str, str] = {}
    for method, path, operation in operations(contract):
        name = operation["operationId"]
        assert re.fullmatch(r"(get|post|put|patch|delete)(_[a-z0-9]+)+", name), name
        assert name not in names, f"{method} {path} is named as {names[name]}"
        names[name] = f"{method} {path}"
    assert len(names) > 300


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("post", "/ingest", "post_ingest"),
        ("get", "/ingest/{job_id}", "get_ingest_job"),
        ("post", "/ask/{answer_id}/feedback", "post_ask_answer_feedback"),
        ("post", "/v1/chat/completions", "post_v1_chat_completions"),
        ("get", "/v1/models/{model:path}", "get_v1_model"),
        ("get", "/crm/tickets/{ticket_id}", "get_crm_ticket"),
        ("put", "/crm/sla-policies/{name}", "put_crm_sla_policy"),
        ("get", "/crm/calendar/{token}.ics", "get_crm_calendar_ics"),
        ("get", "/lgpd/subjects/{customer_id}/export", "get_lgpd_subject_export"),
    ],
)
def test_a_name_is_that_of_one_where_an_id_follows(method: str, path: str, name: str) -> None:
    assert operation_id(method, path) == name


async def test_all_that_comes_and_goes_has_a_type(contract: dict[str, Any]) -> None:
    untyped: set[str] = set()
    for name, schema in contract["components"]["schemas"].items():
        untyped |= set(_untyped(schema, name))
    for method, path, operation in operations(contract):
        kinds = [("body", operation.get("requestBody", {}))]
        kinds += list(operation["responses"].items())
        for which, holder in kinds:
            for media, form in holder.get("content", {}).items():
                place = f"{method} {path} {which} {media}"
                untyped |= set(_untyped(form.get("schema", {}), place))
        for parameter in operation.get("parameters", ()):
            untyped |= set(_untyped(parameter["schema"], f"{method} {path} {parameter['name']}"))
    assert sorted(untyped - set(FREE)) == []
    assert sorted(set(FREE) - untyped) == [], "has a type: no longer free"


async def test_what_may_be_submitted_is_all_in_the_contract(contract: dict[str, Any]) -> None:
    shapes = contract["components"]["schemas"]
    items, batch = set(IngestItem.model_fields), set(IngestBatch.model_fields)
    assert set(shapes["IngestUrl"]["properties"]) == items - {"text"}
    assert set(shapes["IngestText"]["properties"]) == items - {"url"}
    assert set(shapes["IngestItems"]["properties"]) == batch
    assert set(shapes["IngestFiles"]["properties"]) == TEXT_FIELDS - {"csrf_token"} | {"file"}


@pytest.mark.parametrize(
    ("shape", "field", "inner"),
    [
        ("TicketDetail", "handover", "Handover"),
        ("EntryReply", "citations", "EntryCitation"),
        ("ErasureReply", "certificate", "ErasureCertificate"),
        ("OpenedPublicRequest", "receipt", "ReceiptDocument"),
        ("ReportReply", "content", "ReportContent"),
    ],
)
async def test_a_stored_document_has_a_shape_with_a_name(
    contract: dict[str, Any], shape: str, field: str, inner: str
) -> None:
    shapes = contract["components"]["schemas"]
    assert f"#/components/schemas/{inner}" in json.dumps(shapes[shape]["properties"][field])
    assert len(shapes[inner]["properties"]) > 3


async def test_no_address_and_no_header_holds_null(contract: dict[str, Any]) -> None:
    for method, path, operation in operations(contract):
        for parameter in operation.get("parameters", ()):
            kinds = [one.get("type") for one in parameter["schema"].get("anyOf", ())]
            assert "null" not in kinds, f"{method} {path} {parameter['name']}"


async def test_an_act_may_meet_a_conflict_and_what_is_gone(contract: dict[str, Any]) -> None:
    for method, path, operation in operations(contract):
        if method != "get":
            assert "409" in operation["responses"], f"{method} {path}"
            if "requestBody" in operation:
                assert "410" in operation["responses"], f"{method} {path}"


def _untyped(schema: dict[str, Any], place: str) -> Iterator[str]:
    """The places of a schema that say nothing of what stands there."""
    if "$ref" in schema or "enum" in schema or "const" in schema:
        return
    choices = [one for word in ("anyOf", "oneOf", "allOf") for one in schema.get(word, ())]
    for one in choices:
        yield from _untyped(one, place)
    for name, one in schema.get("properties", {}).items():
        yield from _untyped(one, f"{place}.{name}")
    if choices:
        return
    kind = schema.get("type")
    if kind is None:
        yield place
    elif kind == "array" and "prefixItems" not in schema:
        yield from _untyped(schema.get("items", {}), place)
    elif kind == "object" and "properties" not in schema:
        values = schema.get("additionalProperties")
        if isinstance(values, dict):
            yield from _untyped(values, place)
        else:
            yield place
