"""Whatever a page leads to is there: each form, link and part that a template names has a route."""

import re
from collections.abc import Iterator
from pathlib import Path

from cogep_assist.core.config import Settings
from cogep_assist.main import create_app
from cogep_assist.web import rendering

TEMPLATES = Path(rendering.__file__).parent / "templates"
_SET = re.compile(r"{%-? set (\w+) = ([^%]+?) -?%}")
_ATTRIBUTE = re.compile(r'\b(action|hx-post|hx-get|href)="((?:/|{{ \w+ }})[^"]*)"')
_CALL = re.compile(r"desk\.(act_button|dialog_link|act)\(((?:\w+|\"[^\"]*\")(?: ~ [^,()]+)*)[,)]")
_POSTS = {"action": {"GET", "POST"}, "hx-post": {"POST"}, "act_button": {"POST"}, "act": {"POST"}}
ANY = "*"


def told(expression: str, known: dict[str, str]) -> str:
    """Put an expression of texts and names together; what only a page knows is ``ANY``."""
    parts = [part.strip() for part in expression.split(" ~ ")]
    return "".join(
        part[1:-1] if part[:1] == part[-1:] == '"' else known.get(part, ANY) for part in parts
    )


def ways(text: str) -> Iterator[tuple[set[str], str]]:
    """Give the methods and the path of each way that a template names."""
    known: dict[str, str] = {}
    for name, expression in _SET.findall(text):
        known[name] = told(expression, known)
    for kind, value in _ATTRIBUTE.findall(text):
        plain = re.sub(r"{{ (.+?) }}", lambda found: told(found[1], known), value)
        yield _POSTS.get(kind, {"GET"}), re.split(r"[?#]|{[%{]", plain)[0]
    for kind, expression in _CALL.findall(text):
        yield _POSTS.get(kind, {"GET"}), re.split(r"[?#]", told(expression, known))[0]


def leads(path: str, route: str) -> bool:
    asked, declared = path.strip("/").split("/"), route.strip("/").split("/")
    if declared[-1].endswith(":path}"):
        asked, declared = asked[: len(declared) - 1], declared[:-1]
    return len(asked) == len(declared) and all(
        "{" in there or ANY in here or here == there
        for here, there in zip(asked, declared, strict=True)
    )


def test_every_way_that_a_template_names_has_a_route(settings: Settings) -> None:
    routes = [(set(one.methods), one.path) for one in create_app(settings).routes]  # type: ignore[attr-defined]
    read, dead = 0, []
    for template in sorted(TEMPLATES.rglob("*.html")):
        for methods, path in ways(template.read_text("utf-8")):
            if path.startswith(ANY) or path == "/":
                continue
            read += 1
            if not any(methods & there and leads(path, route) for there, route in routes):
                dead.append(f"{template.relative_to(TEMPLATES)}: {path}")
    assert read > 300
    assert not dead, dead
