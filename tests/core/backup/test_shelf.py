"""Copies made on the page are kept as long as an erasure's certificate says, and no longer."""

from pathlib import Path

from cogep_assist.core.backup.shelf import FOLDER, name_of_now, prune_shelf
from cogep_assist.core.config import Settings


def test_copies_that_are_kept_no_longer_leave_the_shelf_but_the_newest(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert prune_shelf(settings) == []
    shelf = tmp_path / FOLDER
    shelf.mkdir()
    old = ["cogep-2020-01-31-020000.cogepbk", "cogep-2020-02-01-020000.cogepbk"]
    for name in (*old, "minha.cogepbk"):
        (shelf / name).write_bytes(b"")
    assert prune_shelf(settings) == old[:1]
    (shelf / name_of_now(settings)).write_bytes(b"")
    assert prune_shelf(settings) == old[1:]
    assert (shelf / "minha.cogepbk").exists()
