"""A data folder that cannot serve is told with its own code and what to do."""

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from cogep_assist.core import embedded_binaries, embedded_cluster
from cogep_assist.core.config import _default_data_dir
from cogep_assist.core.durable_file import write_durably
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


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root's alone")
def test_a_folder_that_root_makes_lets_the_servers_user_through_whatever_the_umask(
    tmp_path: Path,
) -> None:
    before = os.umask(0o077)
    try:
        embedded_cluster.prepare_data_dir(tmp_path / "órgão" / "dados")
        write_durably(tmp_path / "outro" / "chaves" / "mestra", b"segredo")
    finally:
        os.umask(before)
    for passed in ("órgão", "órgão/dados", "outro"):
        assert stat.S_IMODE((tmp_path / passed).stat().st_mode) == 0o711
    assert stat.S_IMODE((tmp_path / "outro/chaves").stat().st_mode) == 0o700


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root's alone")
def test_programs_that_root_lays_out_can_be_reached_whatever_the_umask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install = tmp_path / "roda" / "pginstall"
    for name in ("bin", "lib", "share"):
        (install / name).mkdir(parents=True)
    program = install / "bin" / "postgres"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    home = tmp_path / "casa"
    (home / "pgbin").mkdir(parents=True)
    # As an earlier start left them.
    home.chmod(0o700)
    (home / "pgbin").chmod(0o700)
    monkeypatch.setattr(embedded_binaries, "_ROOT_HOME", home)
    before = os.umask(0o077)
    try:
        laid = embedded_binaries._public_copy(install)
    finally:
        os.umask(before)
    assert laid.is_relative_to(home)
    for passed in (laid, *laid.parents[: len(laid.relative_to(home).parts)]):
        assert passed.stat().st_mode & 0o011 == 0o011, passed
    assert (laid / "postgres").stat().st_mode & 0o055 == 0o055
