"""Every form that sends files has room for them: a body is small unless its address is known."""

import re
from pathlib import Path

from cogep_assist import web
from cogep_assist.core.config import load_settings
from cogep_assist.edge.middleware import SMALL_BODY_BYTES
from cogep_assist.main import create_app

TEMPLATES = Path(web.__file__).parent / "templates"
FORM = re.compile(r"<form\b(?:[^>{]|\{\{.*?\}\}|\{%.*?%\}|\{)*>", re.DOTALL)


def test_forms_with_files_are_not_held_to_the_size_of_a_form_without() -> None:
    sending = [
        (path.name, form)
        for path in sorted(TEMPLATES.rglob("*.html"))
        for form in FORM.findall(path.read_text("utf-8"))
        if "multipart/form-data" in form
    ]
    assert len(sending) >= 6
    app = create_app(load_settings())
    (limits,) = [one.kwargs["limits"] for one in app.user_middleware if "limits" in one.kwargs]
    assert isinstance(limits, dict)
    held = {f"{name}: {form[:90]}" for name, form in sending if _limit(limits, form) is None}
    assert held == set(), f"held to {SMALL_BODY_BYTES} bytes"


def _limit(limits: dict[str, int], form: str) -> int | None:
    found = re.search(r'action="([^"?]+)', form)
    assert found is not None, form
    path = re.sub(r"\{\{.*?\}\}", "x", found[1])
    return limits.get(path) or limits.get(f"*/{path.rpartition('/')[2]}")
