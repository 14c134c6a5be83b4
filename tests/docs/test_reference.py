"""The reference pages say what the code says."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "generate_reference.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_reference", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["generate_reference"] = module
    spec.loader.exec_module(module)
    return module


generator = _load()


@pytest.mark.parametrize("name", generator.PAGES)
def test_the_page_is_current(name: str) -> None:
    assert name not in generator.stale_pages(), "run: python scripts/generate_reference.py"


def test_a_page_that_differs_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator, "ROOT", tmp_path)
    assert generator.stale_pages() == list(generator.PAGES)


def test_no_page_shows_where_it_was_made() -> None:
    for render in generator.PAGES.values():
        assert str(Path.home()) not in render()
        assert str(generator.Settings().data_dir) not in render().replace("como /var/lib/cogep", "")
