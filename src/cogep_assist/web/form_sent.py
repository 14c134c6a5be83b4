"""What somebody sent in a form, as far as it was text."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData


def sent_form(request: Request) -> Mapping[str, list[str]] | None:
    """Return what was sent, by field; None where it was not read as a form."""
    if request.method == "GET":
        return _lists(request.query_params.multi_items()) if request.url.query else None
    # Kept by Starlette once it was read; a request whose form was never read has nothing to keep.
    form: FormData | None = getattr(request, "_form", None)
    return None if form is None else _lists(form.multi_items())


def _lists(items: list[tuple[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in items:
        if isinstance(value, str):
            found.setdefault(name, []).append(value)
    return found
