"""README.md and README.pt-BR.md are twins: the same headings, code and links."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = (ROOT / "README.md").read_text(encoding="utf-8")
PORTUGUESE = (ROOT / "README.pt-BR.md").read_text(encoding="utf-8")
TWIN_LINKS = {"README.md", "README.pt-BR.md"}


def test_the_headings_have_the_same_levels() -> None:
    assert _levels(ENGLISH) == _levels(PORTUGUESE)
    assert len(_levels(ENGLISH)) > 5


def test_the_code_blocks_are_the_same() -> None:
    assert _code(ENGLISH) == _code(PORTUGUESE)
    assert len(_code(ENGLISH)) > 5


def test_they_name_the_same_files_and_commands() -> None:
    assert _links(ENGLISH) - TWIN_LINKS == _links(PORTUGUESE) - TWIN_LINKS
    assert _inline_code(ENGLISH) == _inline_code(PORTUGUESE)


def test_the_first_screen_runs_it_and_runs_the_tests() -> None:
    first_screen = "\n".join(ENGLISH.splitlines()[:40])
    assert "make up" in first_screen
    assert "make test" in first_screen
    assert ".venv\\Scripts\\cogep up" in first_screen


def _without_code(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


def _levels(text: str) -> list[int]:
    return [len(marks) for marks in re.findall(r"^(#+) ", _without_code(text), re.MULTILINE)]


def _code(text: str) -> list[str]:
    return re.findall(r"^```.*?^```$", text, re.DOTALL | re.MULTILINE)


def _links(text: str) -> set[str]:
    return set(re.findall(r"\]\(([^)]+)\)", text))


def _inline_code(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", _without_code(text)))
