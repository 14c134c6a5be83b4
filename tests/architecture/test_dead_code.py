"""What nothing uses is not kept: definitions, messages, templates, rules of the style sheets."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

from source_trees import SOURCE

from cogep_assist.core.messages import catalogue

WEB = SOURCE / "web"
# Codes that are put together where they are told: a state, or a notice about another code.
COMPOSED = re.compile(r"(?:doctor_(?:embedder|reranker|sandbox)|notice)_")
# Written by the page's own library while it waits for a reply.
GIVEN_CLASSES = {"htmx-request"}
# Names that a module gives to things. What is decorated is used by its decorator, and has no empty
# line before it.
DEFINED = re.compile(
    r"(?<=\n\n)(?:(?:async )?def|class) (\w+)|^(\w+)(?:: [^=\n]+)? = ", re.MULTILINE
)
CLASS = re.compile(r"\.([a-zA-Z][\w-]*)(?=[^{}]*\{)")


@cache
def texts() -> dict[Path, str]:
    """The product's code, pages and scripts."""
    return {
        path.relative_to(SOURCE): path.read_text("utf-8")
        for ending in ("py", "html", "js")
        for path in SOURCE.rglob(f"*.{ending}")
        if not {"vendor", "versions"} & set(path.parts)
    }


@cache
def words() -> Counter[str]:
    """How often each word stands in them; what is joined by hyphens is one word."""
    return Counter(re.findall(r"\w+(?:-\w+)*", "\n".join(texts().values())))


def test_definitions_are_used() -> None:
    unused = [
        f"{path}: {name}"
        for path, text in texts().items()
        if path.suffix == ".py"
        for name in _defined(text)
        if words()[name] < 2
    ]
    assert unused == [], "nothing of the product uses them: take them out, or use them"


def _defined(text: str) -> list[str]:
    found = (one or other for one, other in DEFINED.findall(text))
    return [name for name in found if not name.startswith("__")]


def test_what_nothing_uses_would_be_noticed() -> None:
    text = "\nLIMIT = 3\nname: int = 4\n\n\n@route\ndef page(): ...\n\n\nasync def helper(): ..."
    assert _defined(text) == ["LIMIT", "name", "helper"]
    assert words()["LIMIT_OF_NOTHING"] == 0
    assert set(CLASS.findall(".a > .b-c, d:is(.e) { margin: .5rem }")) == {"a", "b-c", "e"}


def test_messages_are_told() -> None:
    told = {
        word
        for path, text in texts().items()
        if "message_catalogue" not in path.parts
        for word in re.findall(r'"(\w+)"', text)
    }
    assert [code for code in catalogue() if code not in told and not COMPOSED.match(code)] == []


def test_templates_and_style_rules_are_used() -> None:
    code = "\n".join(texts().values())
    assert [page.name for page in WEB.rglob("*.html") if page.name not in code] == []
    unused = {
        name
        for sheet in (WEB / "static/css").glob("*.css")
        for name in CLASS.findall(
            re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        )
        if name not in words() and name not in GIVEN_CLASSES
    }
    assert not unused
