"""Every field of every body and every form, one at a time, with what it was not made for."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import pytest
from api import Api
from browser_session import HTML
from page_samples import prepare_samples

from cogep_assist.core.models import Role
from cogep_assist.edge.cookies import COOKIE

NOBODY = "00000000-0000-7000-8000-000000000000"
ODD_TEXTS = ("a\x00b", "a\ud800b")
ODD_VALUES = (
    *("²", "9" * 5000, "99999999999999999999", "a\x00b", "0001-01-01", "9999-12-31"),
    *("9999-12-31T23:59", "[", "-1", NOBODY, "x" * 70_000, "http://[", "move:", "%"),
)
# For each field so many of the odd values, the next ones for the next field.
FOR_EACH = 2
SHAPES = {"uuid": NOBODY, "date": "2026-11-30", "date-time": "2026-11-30T10:00:00Z"}
NEVER_ENDING = ("/ao-vivo", "/fluxo", "/estatico", "/sair")


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_no_text_of_a_body_is_a_server_error(api: Api) -> None:
    admin = await api.client(Role.ADMIN)
    contract = api.app.openapi()
    wrong, asked = [], 0
    for path, operations in contract["paths"].items():
        url = re.sub(r"{(\w+)}", lambda one: NOBODY if one[1].endswith("id") else "geral", path)
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" not in content or path == "/sources/preview":
                continue
            body = example(content["application/json"]["schema"], contract["components"]["schemas"])
            for place in texts_of(body):
                for text in ODD_TEXTS:
                    sent = json.dumps(replaced(body, place, text)).encode()
                    reply = await admin.request(
                        method.upper(),
                        url,
                        content=sent,
                        headers={"content-type": "application/json"},
                    )
                    asked += 1
                    if reply.status_code >= 500:
                        wrong.append(f"{method} {path} {place} {text!r}")
    assert asked > 500
    assert wrong == []


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_no_field_of_a_page_is_a_server_error(api: Api) -> None:
    found = await prepare_samples(api.database)
    wrong: list[str] = []
    seen: set[tuple[str, ...]] = set()
    asked = 0
    for sample in found.pages:
        cookie = {"Cookie": f"{COOKIE}={found.cookies[sample.role]}"} if sample.role else {}
        client = api.anonymous(headers=HTML | cookie)
        address = sample.address.format(**found.names)
        page = Page((await client.get(address)).text, address)
        for method, target, fields in page.doors:
            door = (method, re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", target), *sorted(fields))
            if door in seen or target.startswith(NEVER_ENDING):
                continue
            seen.add(door)
            for name in fields:
                for turn in range(FOR_EACH):
                    odd = ODD_VALUES[(asked + turn) % len(ODD_VALUES)]
                    asked += 1
                    if method == "get" and len(odd) > 6000:
                        continue
                    filled = urlencode(fields | {name: odd})
                    if method == "get":
                        reply = await client.get(f"{target.partition('?')[0]}?{filled}")
                    else:
                        kind = {"content-type": "application/x-www-form-urlencoded"}
                        reply = await client.post(target, content=filled, headers=kind)
                    if reply.status_code == 500:
                        wrong.append(f"{method} {target} {name} {odd[:20]!r}")
    assert asked > 1000
    assert wrong == []


class Page(HTMLParser):
    """The forms and links of a page: (method, address, fields with what stands in them)."""

    def __init__(self, text: str, address: str) -> None:
        super().__init__()
        self.doors: list[tuple[str, str, dict[str, str]]] = []
        self._address = address
        self._fields: dict[str, str] | None = None
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a tag."""
        given = {name: value or "" for name, value in attrs}
        self._note_link(given.get("href") or given.get("hx-get") or "")
        if tag == "form":
            self._fields = {}
            method = given.get("method", "get").lower()
            self.doors.append(
                (method, urljoin(self._address, given.get("action", "")), self._fields)
            )
        elif self._fields is None:
            return
        elif tag == "select":
            self._select = given.get("name", "")
        elif (
            tag == "option"
            and self._select
            and ("selected" in given or not self._fields.get(self._select))
        ):
            self._fields[self._select] = given.get("value", "")
        elif given.get("name"):
            self._fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """End a form or a list of choices."""
        if tag == "form":
            self._fields = None
        if tag == "select":
            self._select = ""

    def _note_link(self, href: str) -> None:
        address = urljoin(self._address, href)
        asked = dict(parse_qsl(urlsplit(address).query))
        if asked and address.startswith("/"):
            self.doors.append(("get", address, asked))


def example(schema: Any, schemas: Any, depth: int = 0) -> Any:
    """A body with every field that a schema names."""
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if depth > 6:
        return None
    for word in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(word, ()):
            if one.get("type") != "null":
                return example(one, schemas, depth + 1)
    if "const" in schema or "enum" in schema:
        return schema.get("const") or schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        fields = schema.get("properties", {})
        free = {"chave": "texto"} if schema.get("additionalProperties") else {}
        return free | {name: example(one, schemas, depth + 1) for name, one in fields.items()}
    if kind == "array":
        return [example(schema.get("items", {}), schemas, depth + 1)]
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    return False if kind == "boolean" else SHAPES.get(schema.get("format", ""), "texto")


def texts_of(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of every text in a body."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from texts_of(one, (*place, name))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from texts_of(one, (*place, number))
    elif isinstance(value, str):
        yield place


def replaced(value: Any, place: tuple[Any, ...], text: str) -> Any:
    """The body with another text at a place."""
    if not place:
        return text
    changed = value.copy()
    changed[place[0]] = replaced(value[place[0]], place[1:], text)
    return changed
