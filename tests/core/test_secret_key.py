"""The master key: made once, kept closed, never guessed at."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cogep_assist.core import secret_key
from cogep_assist.core.config import load_settings
from cogep_assist.core.errors import AppError


def test_a_key_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "dados" / "fundo"

    def derive(_: int) -> bytes:
        secret_key.load(load_settings(data_dir=folder))
        return secret_key.derive("audit-row")

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(derive, range(32)))
    assert len(keys) == 1
    file = folder / secret_key.FILE_NAME
    assert [path.name for path in folder.iterdir()] == [file.name]
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o777 == 0o600
        file.chmod(0o644)
        derive(0)
        assert file.stat().st_mode & 0o777 == 0o600


def test_purposes_have_keys_of_their_own(tmp_path: Path) -> None:
    secret_key.load(load_settings(data_dir=tmp_path))
    assert len(secret_key.derive("a")) == 32
    assert secret_key.derive("a") != secret_key.derive("b")
    assert secret_key.derive("a") == secret_key.derive("a")


@pytest.mark.parametrize("text", ["", "curta", "x" * 31])
def test_a_short_key_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(AppError) as raised:
        secret_key.load(load_settings(secret_key=text))
    assert raised.value.code == "secret_key_too_short"
    (tmp_path / secret_key.FILE_NAME).write_text(text)
    with pytest.raises(AppError) as raised:
        secret_key.load(load_settings(data_dir=tmp_path))
    assert raised.value.code == "secret_key_too_short"
    assert str(tmp_path) in raised.value.message


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "arquivo").write_text("")
    with pytest.raises(AppError) as raised:
        secret_key.load(load_settings(data_dir=tmp_path / "arquivo" / "dados"))
    assert raised.value.code == "secret_key_unreadable"
