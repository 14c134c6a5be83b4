"""A data folder that cannot serve is told with its own code and what to do."""

import errno
import os
import sys
from pathlib import Path

import pytest

from cogep_assist.core import embedded_cluster
from cogep_assist.core.config import _default_data_dir
from cogep_assist.core.embedded_postgres import ensure_running
from cogep_assist.core.errors import AppError


@pytest.mark.skipif(sys.platform == "win32", reason="names are other there")
def test_names_what_is_wrong_with_a_path(tmp_path: Path) -> None:
    for name, code in (("a\nb", "data_dir_bad_name"), ("ã" * 200, "data_dir_name_too_long")):
        with pytest.raises(AppError) as caught:
            ensure_running(tmp_path / name)
        assert caught.value.code == code
        assert "\n" not in caught.value.message
    for number, code in (
        (errno.EROFS, "data_dir_read_only"),
        (errno.EDQUOT, "disk_full"),
        (errno.EACCES, "data_dir_not_writable"),
    ):
        found = embedded_cluster._folder_error(OSError(number, "?"), tmp_path)
        assert (found.code, str(tmp_path) in found.text) == (code, True)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the system's users are a file")
def test_a_user_without_a_home_must_name_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    with pytest.raises(AppError) as caught:
        _default_data_dir()
    assert caught.value.code == "data_dir_unknown"
    assert "COGEP_DATA_DIR" in caught.value.remedy
