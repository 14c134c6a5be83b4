"""A backup's seal: every kind of damage is found, whichever byte it hits."""

import io
import itertools
import os
from pathlib import Path

import pytest

from cogep_assist.core import secret_key
from cogep_assist.core.backup import sealed_file
from cogep_assist.core.backup.sealed_file import DUMP, MAGIC, MANIFEST, SealedWriter, read_frames
from cogep_assist.core.config import load_settings
from cogep_assist.core.errors import AppError

CHUNK = 1000
DATA = "Conceição, João e a Coordenação de Gestão de Pessoas. ".encode() * 100


@pytest.fixture(autouse=True)
def _small_chunks_and_a_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sealed_file, "CHUNK_BYTES", CHUNK)
    use_key("chave-de-origem-com-mais-de-trinta-e-dois-bytes", tmp_path)


def use_key(key: str, folder: Path) -> None:
    secret_key.load(load_settings(secret_key=key, data_dir=folder))


def sealed(data: bytes = DATA, manifest: bytes = b'{"a": 1}') -> bytes:
    file = io.BytesIO()
    writer = SealedWriter.begin(file)
    writer.manifest(manifest)
    for start in range(0, len(data), 777):
        writer.dump(data[start : start + 777])
    writer.finish()
    return file.getvalue()


def opened(content: bytes) -> tuple[bytes, bytes]:
    parts = {MANIFEST: b"", DUMP: b""}
    for kind, piece in read_frames(io.BytesIO(content)):
        parts[kind] += piece
    return parts[MANIFEST], parts[DUMP]


def code_of(content: bytes) -> str:
    with pytest.raises(AppError) as refused:
        opened(content)
    return refused.value.code


def frames(content: bytes) -> list[bytes]:
    """The header, then each frame, as they lie in the file."""
    length = int.from_bytes(content[8:12], "big")
    cuts, place = [0, 12 + length], 12 + length
    while place < len(content):
        place += 5 + int.from_bytes(content[place + 1 : place + 5], "big")
        cuts.append(place)
    return [content[a:b] for a, b in itertools.pairwise(cuts)]


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK])
def test_what_goes_in_comes_out(size: int) -> None:
    data = os.urandom(size)
    assert opened(sealed(data, b"{}")) == (b"{}", data)


def test_a_long_manifest_comes_out_whole() -> None:
    manifest = b"x" * (3 * CHUNK + 1)
    assert opened(sealed(b"", manifest)) == (manifest, b"")


def test_nothing_can_be_read_in_the_file() -> None:
    content = sealed()
    assert b"Gest" not in content
    # Two backups of the same data share no frame.
    assert not set(frames(content)) & set(frames(sealed()))


def test_every_shorter_file_is_refused() -> None:
    content = sealed(DATA[:2500])
    codes = {code_of(content[:length]) for length in range(len(content))}
    assert codes == {"backup_truncated", "backup_not_a_backup"}
    assert code_of(content[:8]) == "backup_truncated"


def test_every_flipped_bit_is_found() -> None:
    content = sealed(DATA[:2500])
    for place in range(len(content)):
        altered = bytearray(content)
        altered[place] ^= 1 << (place % 8)
        assert code_of(bytes(altered)).startswith("backup_"), place


def test_frames_that_move_repeat_or_vanish_are_found() -> None:
    whole = frames(sealed())
    assert len(whole) > 6
    assert code_of(b"".join([*whole[:2], whole[3], whole[2], *whole[4:]])) == "backup_damaged"
    assert code_of(b"".join([*whole[:3], whole[2], *whole[3:]])) == "backup_damaged"
    assert code_of(b"".join([*whole[:3], *whole[4:]])) == "backup_damaged"
    # Cut at the boundary of a frame, the end put right behind it.
    assert code_of(b"".join([*whole[:4], whole[-1]])) == "backup_damaged"
    assert code_of(b"".join(whole[:-1])) == "backup_truncated"


def test_frames_of_another_backup_of_the_same_key_are_found() -> None:
    one, other = frames(sealed()), frames(sealed())
    assert code_of(b"".join([*one[:3], other[3], *one[4:]])) == "backup_damaged"
    assert code_of(b"".join([other[0], *one[1:]])) == "backup_damaged"


def test_what_is_appended_is_found() -> None:
    assert code_of(sealed() + b"x") == "backup_damaged"
    assert code_of(sealed() + sealed()) == "backup_damaged"


def test_another_key_is_named(tmp_path: Path) -> None:
    content = sealed()
    use_key("chave-de-outra-casa-com-mais-de-trinta-e-dois", tmp_path)
    assert code_of(content) == "backup_other_key"


@pytest.mark.parametrize("content", [b"", b"PGDMP", b"%PDF-1.7 nada disso", MAGIC[:5]])
def test_another_file_is_named(content: bytes) -> None:
    assert code_of(content) == "backup_not_a_backup"


def test_a_later_format_is_named() -> None:
    assert code_of(b"COGEPBK2" + sealed()[8:]) == "backup_newer_format"


def test_a_frame_that_claims_gigabytes_costs_nothing() -> None:
    first, *_ = frames(sealed())
    assert code_of(first + b"D\xff\xff\xff\xff" + b"x" * 100) == "backup_damaged"
    assert code_of(MAGIC + b"\xff\xff\xff\xff" + b"{}") == "backup_damaged"
