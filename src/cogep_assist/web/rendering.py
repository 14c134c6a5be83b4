"""Rendering of templates: everything escaped, everything missing an error."""

from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from cogep_assist.web.assets import asset_href


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Render a page for whoever makes the request."""
    values.setdefault("csrf_token", getattr(request.state, "csrf_token", None))
    principal = getattr(request.state, "principal", None)
    values.setdefault("signed_in_user", principal is not None and principal.user_id is not None)
    return HTMLResponse(_environment().get_template(template).render(values), status_code=status)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("cogep_assist.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset_href
    return environment
