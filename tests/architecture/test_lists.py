"""Every list of the API goes on by a cursor, or stands here with what keeps it short."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from cogep_assist.core.config import Settings
from cogep_assist.edge.linked_page import LinkedPage
from cogep_assist.main import create_app

OF_THE_CODE = "has an entry for each name that the code knows"
OF_ONE = "holds what belongs to one person, document or ticket"
OF_THE_BEST = "is the best few of a search, as many as asked for"
BY_HAND = "holds what administrators make by hand, a few in all"
SHORT = {
    "/webhooks/events": OF_THE_CODE,
    "/lgpd/deadlines": OF_THE_CODE,
    "/lgpd/retention": OF_THE_CODE,
    "/lgpd/retention/simulation": OF_THE_CODE,
    "/access/calendar-feeds": OF_ONE,
    "/access/sessions": OF_ONE,
    "/access/users/{user_id}/sessions": OF_ONE,
    "/ask/notices": OF_ONE,
    "/crm/customers/{customer_id}/relations": OF_ONE,
    "/documents/{document_id}/versions": OF_ONE,
    "/evaluations/{set_id}": OF_ONE,
    "/lgpd/consents": OF_ONE,
    "/lgpd/guardians": OF_ONE,
    "/lgpd/requests/{request_id}/notices": OF_ONE,
    "/lgpd/ropa/versions/{number}/changes": OF_ONE,
    "/sources/{source_id}": OF_ONE,
    "/crm/tickets/search": OF_THE_BEST,
    "/crm/tickets/{ticket_id}/similar": OF_THE_BEST,
    "/access/keys": BY_HAND,
    "/access/teams": BY_HAND,
    "/access/teams/{team_id}/members": BY_HAND,
    "/collections": BY_HAND,
    "/crm/customers/fields": BY_HAND,
    "/lgpd/access-records/orders": BY_HAND,
    "/lgpd/keepings/disposal/terms": BY_HAND,
    "/lgpd/notice/versions": BY_HAND,
    "/lgpd/officers": BY_HAND,
    "/lgpd/providers": BY_HAND,
    "/lgpd/purposes": BY_HAND,
    "/lgpd/purposes/{name}/versions": BY_HAND,
    "/lgpd/governance": BY_HAND,
    "/lgpd/ripd": BY_HAND,
    "/lgpd/ropa/activities": BY_HAND,
    "/lgpd/ropa/versions": BY_HAND,
    "/sites": BY_HAND,
    "/webhooks": BY_HAND,
}


def test_every_list_goes_on_or_is_short_for_a_reason(settings: Settings) -> None:
    contract = create_app(settings).openapi()
    endless = {path for path, goes_on in lists_of(contract) if not goes_on}
    assert endless == set(SHORT)


def lists_of(contract: dict[str, Any]) -> list[tuple[str, bool]]:
    """Return each address that answers with a list, and whether the list goes on by a cursor."""
    found = []
    for path, methods in contract["paths"].items():
        replies = methods.get("get", {}).get("responses", {})
        shape = replies.get("200", {}).get("content", {}).get("application/json", {}).get("schema")
        if shape is None:
            continue
        if "$ref" in shape:
            shape = contract["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]]
        if shape.get("type") == "array" or "items" in shape.get("properties", {}):
            asked = {one["name"] for one in methods["get"].get("parameters", [])}
            # A list alone tells it in a header; see edge.linked_page.
            told = "next_cursor" in shape.get("properties", {"next_cursor": None})
            found.append((path, told and bool(asked & {"cursor", "limit"})))
    assert len(found) > 60
    return found


def test_a_bare_list_tells_in_a_header_where_it_goes_on() -> None:
    found = [f"Fila {number:02}" for number in range(25)]
    seen: list[str] = []
    query = b"limit=10&released=true"
    while query:
        scope = {
            "type": "http",
            "path": "/crm/queues",
            "query_string": query,
            "headers": [(b"host", b"x")],
            "scheme": "http",
        }
        request, response = Request(scope), Response()
        cursor = request.query_params.get("cursor")
        seen += LinkedPage(request, response, limit=10, cursor=cursor).cut(found, str)
        link = response.headers.get("link", "")
        assert not link or link.startswith("</crm/queues?released=true&limit=10&cursor=Fila+")
        query = link.partition("?")[2].partition(">")[0].encode()
    assert seen == found
