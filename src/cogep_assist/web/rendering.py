"""Rendering of templates: everything escaped, everything missing an error."""

from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.state import edge_state
from cogep_assist.web.assets import asset_href
from cogep_assist.web.form_marks import mark_page
from cogep_assist.web.form_sent import sent_form
from cogep_assist.web.formats import install_formats
from cogep_assist.web.icons import icon
from cogep_assist.web.navigation import rail_of
from cogep_assist.web.outcome import TOLD, forget_outcome, read_outcome
from cogep_assist.web.page_words import page_message, page_problem
from cogep_assist.web.tour import tour_card

THEME_COOKIE = "cogep_theme"
THEMES = ("light", "dark")
# A part of a page tells nothing; a whole page that HTMX takes a part from shows it as well.
NOTHING_TOLD = dict.fromkeys(TOLD, "")


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Render a page, or a part of one, for whoever makes the request.

    Templates see ``principal``, ``rail``, ``told_topics`` (whose changes its bell hears),
    ``csrf_token``, ``theme``, ``zone`` and ``now`` besides what is given.
    """
    whole = "hx-request" not in request.headers
    outcome = NOTHING_TOLD | (read_outcome(request) if whole else {})
    problem = values.get("problem")
    page = {**_of_request(request), "outcome": outcome, **values}
    if isinstance(problem, AppError):
        page["problem"] = page_problem(problem)
    text = _environment().get_template(template).render(page)
    if whole and request.method == "POST" and isinstance(problem, AppError):
        text = mark_page(text, request.url.path, sent_form(request) or {}, problem)
    reply = HTMLResponse(text, status_code=status)
    if any(outcome.values()):
        forget_outcome(reply)
    return reply


def render_text(request: Request, template: str, **values: Any) -> str:
    """Render a part of a page to be sent in a stream of events."""
    page = {**_of_request(request), "outcome": NOTHING_TOLD, **values}
    return _environment().get_template(template).render(page)


def _of_request(request: Request) -> dict[str, Any]:
    known: Principal | None = getattr(request.state, "known", None)
    principal: Principal | None = getattr(request.state, "principal", known)
    theme = request.cookies.get(THEME_COOKIE, "")
    return {
        "csrf_token": getattr(request.state, "csrf_token", None),
        "principal": principal,
        "signed_in_user": principal is not None and principal.user_id is not None,
        # Whether a letter to who is signed in leaves the house.
        "mail_reaches": bool(edge_state(request).settings.smtp_host),
        "rail": rail_of(principal),
        "told_topics": _topics(principal),
        "tour": tour_card(request, principal),
        "path": request.url.path,
        "theme": theme if theme in THEMES else "",
        "zone": ZoneInfo(edge_state(request).settings.timezone),
        "now": datetime.now(UTC),
    }


def _topics(principal: Principal | None) -> str:
    if principal is None or principal.user_id is None:
        return ""
    legal = " lgpd" if principal.may(Act.MANAGE_SUBJECT_REQUESTS) else ""
    return f"notice:{principal.user_id}{legal}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("cogep_assist.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"asset": asset_href, "icon": icon}
    environment.filters |= {"told": page_message, "told_problem": page_problem}
    install_formats(environment)
    return environment
