"""Folders: only what the administrator opened, and nothing that a link leads to."""

import os
import sys
from pathlib import Path

import pytest

from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.errors import AppError
from cogep_assist.ingestion_service.folder import allowed_folder, list_folder, read_file

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = (tmp_path / "aberta" / "manuais").resolve()
    (folder / "férias").mkdir(parents=True)
    (folder / "férias" / "férias.md").write_text("As férias são de trinta dias.", "utf-8")
    (folder / "ponto.txt").write_text("O ponto é eletrônico.", "utf-8")
    (tmp_path / "fechada").mkdir()
    (tmp_path / "fechada" / "segredo.txt").write_text("Não é para ler.", "utf-8")
    return folder


@pytest.fixture
def settings(root: Path) -> Settings:
    return load_settings(source_folder_roots=[str(root.parent)])


def test_files_that_can_be_read_with_their_marks(root: Path) -> None:
    (root / ".oculto.txt").write_text("x")
    (root / "~$aberto.docx").write_text("x")
    (root / "programa.exe").write_bytes(b"MZ")
    (root / "node_modules").mkdir()
    (root / "node_modules" / "leia.md").write_text("x")
    listing = list_folder(root, most=100)
    assert set(listing.marks) == {"férias/férias.md", "ponto.txt"}
    assert listing.skipped == {"programa.exe": "file_type_unknown"}
    assert listing.complete


def test_a_change_shows_in_the_mark(root: Path) -> None:
    before = list_folder(root, most=100).marks["ponto.txt"]
    (root / "ponto.txt").write_text("O ponto é biométrico.", "utf-8")
    assert list_folder(root, most=100).marks["ponto.txt"] != before


@pytest.mark.parametrize("given", ["fechada", "aberta/../fechada", "aberta/manuais/../../fechada"])
def test_what_lies_outside_is_refused(given: str, tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(AppError, match="source_folder_not_allowed"):
        allowed_folder(str(tmp_path / given), settings)


@pytest.mark.parametrize("given", ["manuais", "./manuais", "", "/\x00", "~"])
def test_only_whole_paths_are_taken(given: str, settings: Settings) -> None:
    with pytest.raises(AppError, match="source_folder_not_allowed"):
        allowed_folder(given, settings)


def test_by_default_no_folder_is_open(root: Path) -> None:
    with pytest.raises(AppError, match="source_folder_not_allowed"):
        allowed_folder(str(root), load_settings())


def test_a_folder_that_is_not_there_is_named(root: Path, settings: Settings) -> None:
    assert allowed_folder(str(root), settings) == root
    with pytest.raises(AppError, match="source_folder_missing"):
        allowed_folder(str(root / "sumiu"), settings)


@POSIX
def test_links_lead_nowhere(root: Path, tmp_path: Path, settings: Settings) -> None:
    (root / "atalho").symlink_to(tmp_path / "fechada")
    (root / "atalho.txt").symlink_to(tmp_path / "fechada" / "segredo.txt")
    listing = list_folder(root, most=100)
    assert set(listing.marks) == {"férias/férias.md", "ponto.txt"}
    assert listing.skipped == {"atalho.txt": "source_not_a_file"}
    for name in ("atalho.txt", "atalho/segredo.txt", "../../fechada/segredo.txt"):
        with pytest.raises(AppError, match="source_file_changed"):
            read_file(root, name, most=1000)
    with pytest.raises(AppError, match="source_folder_not_allowed"):
        allowed_folder(str(root / "atalho"), settings)


@POSIX
def test_a_pipe_does_not_hold_the_visit_up(root: Path) -> None:
    os.mkfifo(root / "cano.txt")
    assert list_folder(root, most=100).skipped == {"cano.txt": "source_not_a_file"}
    with pytest.raises(AppError, match="source_file_changed"):
        read_file(root, "cano.txt", most=1000)


def test_a_file_over_the_limit_is_refused(root: Path) -> None:
    assert read_file(root, "ponto.txt", most=1000).decode() == "O ponto é eletrônico."
    with pytest.raises(AppError, match="file_too_large"):
        read_file(root, "ponto.txt", most=5)


def test_a_folder_of_too_many_files_is_refused(root: Path) -> None:
    with pytest.raises(AppError, match="source_too_large"):
        list_folder(root, most=1)
