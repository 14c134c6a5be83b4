"""The PDF and DOCX files of the sample are in step with their sources."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "build_sample.py"


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_sample", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["build_sample"] = module
    spec.loader.exec_module(module)
    return module


def test_the_built_files_are_in_step_with_their_sources(builder: ModuleType) -> None:
    stale = builder.out_of_step()
    assert stale == [], "run: python scripts/build_sample.py"


def test_a_changed_source_is_noticed(
    builder: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for source in builder.SOURCES.glob("*.md"):
        text = source.read_text(encoding="utf-8")
        (tmp_path / source.name).write_text(text.replace("90 dias", "91 dias"), encoding="utf-8")
    monkeypatch.setattr(builder, "SOURCES", tmp_path)
    assert builder.out_of_step() == [
        "aposentadoria-e-abono.pdf",
        "licenca-capacitacao.docx",
    ]


def test_building_twice_gives_the_same_bytes(builder: ModuleType) -> None:
    assert builder.build("ponto-e-banco-de-horas.pdf") == builder.build(
        "ponto-e-banco-de-horas.pdf"
    )
    assert builder.build("licenca-capacitacao.docx") == builder.build("licenca-capacitacao.docx")


def test_a_second_numbered_list_counts_from_one_again(builder: ModuleType) -> None:
    data = builder.build_docx(builder.parse("# T\n\n1. um\n2. dois\n\nTexto.\n\n1. três"))
    numbering = builder._members(data)["word/numbering.xml"]
    assert b"startOverride" in numbering
