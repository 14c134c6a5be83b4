"""JSON of a request, refused where it has more members than anything that is asked for here.

Each member that a model does not know becomes a finding with its place and its words. A body of a
megabyte holds seventy thousand of them, or a third of a million of empty lists, and whoever sent
it kept everybody else waiting for seconds.
"""

import json
import re
from typing import Any

from fastapi import Request

from cogep_assist.core.errors import AppError
from cogep_assist.edge.errors import CarriedError

# The largest form has 40 fields; a set of 2,000 questions has 10,000 members in all.
MOST_IN_ONE = 500
MOST_IN_ALL = 20_000
# Members, and entries of lists.
MOST_PARTS = 50_000
# To the end of the body, where nothing closes it; never looked through twice.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)


class BoundedRequest(Request):
    """A request whose JSON is read within these bounds."""

    async def json(self) -> Any:
        """Return what the body says. Raises CarriedError("too_many_members"), ValueError."""
        try:
            return read_json(await self.body())
        except AppError as error:
            raise CarriedError(error) from None


def bounded(request: Request) -> Request:
    """Return a request as it is to be read: any other body than JSON has bounds of its own."""
    if "json" not in request.headers.get("content-type", "").lower():
        return request
    return BoundedRequest(request.scope, request.receive)


def read_json(body: bytes) -> Any:
    """Return what a body says. Raises AppError("too_many_members"), ValueError, RecursionError."""
    refuse_too_many_parts(body)
    members = 0

    def counted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal members
        members += 1 + len(pairs)
        if members > MOST_IN_ALL:
            raise AppError("too_many_members", limit=MOST_IN_ALL)
        refuse_too_many_members(pairs)
        return dict(pairs)

    return json.loads(body, object_pairs_hook=counted)


def refuse_too_many_parts(body: bytes) -> None:
    """Raise AppError("too_many_members") before anything is made of a body of too many parts."""
    if _parts(body) > MOST_PARTS and _parts(_STRING.sub(b"", body)) > MOST_PARTS:
        raise AppError("too_many_members", limit=MOST_PARTS)


def refuse_too_many_members(members: dict[str, Any] | list[tuple[str, Any]]) -> None:
    """Raise AppError("too_many_members") for an object that no form of ours is."""
    if len(members) > MOST_IN_ONE:
        raise AppError("too_many_members", limit=MOST_IN_ONE)


def _parts(text: bytes) -> int:
    return text.count(b",") + text.count(b"[") + text.count(b"{")
