"""What a folder holds: every file is taken or named as skipped, none is lost."""

import os
import sys
from pathlib import Path

import pytest

from cogep_assist.cli.targets import find_targets
from cogep_assist.core.errors import AppError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "normas"
    for name in (
        "férias.md", "sub/licença médica.PDF", "sub/foto.png", ".oculto.md", ".git/config.md",
        "node_modules/leia.md", "~$ponto.docx", "sem_extensao",
    ):  # fmt: skip
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Texto.", "utf-8")
    return root


def test_takes_what_can_be_read_and_names_the_rest(folder: Path) -> None:
    targets = find_targets([str(folder)])
    assert [t.name for t in targets.found] == ["férias.md", "sub/licença médica.PDF"]
    assert {s.name: s.reason for s in targets.skipped} == {
        ".git/": "pasta oculta",
        "node_modules/": "pasta de programas",
        ".oculto.md": "arquivo oculto ou temporário",
        "~$ponto.docx": "arquivo oculto ou temporário",
        "sem_extensao": "extensão não lida (sem extensão)",
        "sub/foto.png": "imagem: para lê-la por OCR, envie-a pelo nome",
    }


def test_a_picture_that_a_document_of_the_folder_shows_is_told_as_such(folder: Path) -> None:
    for name in ("mapa.png", "sub/não usada.jpg", "sub/fluxo 1.jpg", "selo.gif"):
        (folder / name).write_bytes(b"x")
    page = (
        "![mapa](mapa.png) <img alt=a src='sub/fluxo%201.jpg?v=2'> ![fora](https://a.br/selo.gif)"
    )
    (folder / "guia.md").write_text(page, "utf-8")
    skipped = {s.name: (s.reason, s.shown_in) for s in find_targets([str(folder)]).skipped}
    assert skipped["mapa.png"] == ("imagem mostrada em guia.md", "guia.md")
    assert skipped["sub/fluxo 1.jpg"][1] == "guia.md"
    for name in ("sub/não usada.jpg", "selo.gif", "sub/foto.png"):
        assert skipped[name] == ("imagem: para lê-la por OCR, envie-a pelo nome", "")


def test_takes_each_file_once_and_a_named_one_whatever_its_extension(folder: Path) -> None:
    given = [str(folder), str(folder / "férias.md"), str(folder / "sem_extensao")]
    names = [t.name for t in find_targets(given).found]
    assert names == ["férias.md", "sub/licença médica.PDF", "sem_extensao"]


def test_knows_an_address_from_a_file() -> None:
    targets = find_targets(["HTTPS://exemplo.gov.br/férias", "https://exemplo.gov.br/b "])
    assert [(t.url, t.path) for t in targets.found] == [
        ("HTTPS://exemplo.gov.br/férias", None),
        ("https://exemplo.gov.br/b", None),
    ]


@pytest.mark.parametrize(
    "text", ["", "  ", "não/existe.pdf", "exemplo.gov.br/ferias", "a\0b", "ftp://x/y"]
)
def test_refuses_what_is_neither(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AppError, match="target_not_found"):
        find_targets([text])


def test_says_what_it_reads_when_there_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "foto.png").write_bytes(b"x")
    with pytest.raises(AppError, match=r"nothing_to_ingest.*\.pdf"):
        find_targets([str(tmp_path)])


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links and pipes are POSIX")
def test_neither_loops_nor_opens_what_is_no_file(folder: Path) -> None:
    (folder / "volta").symlink_to(folder)
    (folder / "quebrado.md").symlink_to(folder / "nada.md")
    os.mkfifo(folder / "cano.txt")
    reasons = {s.name: s.reason for s in find_targets([str(folder)]).skipped}
    assert reasons["volta/"] == "atalho para outra pasta"
    assert reasons["quebrado.md"] == "atalho quebrado ou sem permissão"
    assert reasons["cano.txt"] == "não é um arquivo comum"
    with pytest.raises(AppError, match="target_not_found"):
        find_targets([str(folder / "cano.txt")])
