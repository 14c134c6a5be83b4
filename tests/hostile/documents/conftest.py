"""Read hostile documents as the product does: in a limited child, within the time allowed."""

import re
import time
from collections.abc import Awaitable, Callable, Iterator

import pytest

from cogep_assist.core.errors import AppError
from cogep_assist.core.message_catalogue.parse import MESSAGES
from cogep_assist.pipeline.chunk import chunk
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.limits import MIB, ParseLimits

WALL_SECONDS = 25.0
LIMITS = ParseLimits(
    memory_bytes=512 * MIB,
    cpu_seconds=20,
    wall_seconds=WALL_SECONDS,
    max_pages=2000,
    max_text_chars=5_000_000,
    max_unpacked_bytes=64 * MIB,
    ocr=False,
)
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

Expect = Callable[..., Awaitable[None]]


@pytest.fixture(scope="module")
def pool() -> Iterator[ParserPool]:
    pool = ParserPool(1)
    yield pool
    pool.close()


@pytest.fixture
def expect(pool: ParserPool) -> Expect:
    """Return a check: the document gives one of the codes, or text with (and without) words."""

    async def check(
        data: bytes, name: str, *codes: str, text: str | None = None, without: str | None = None
    ) -> None:
        began = time.monotonic()
        try:
            document = await pool.parse(data, name=name, declared_type=None, limits=LIMITS)
        except AppError as error:
            _judge_error(error, codes)
        else:
            assert text is not None, f"read as {document.text[:200]!r}, expected {codes}"
            assert text in document.text
            assert without is None or without not in document.text
            assert not _FORBIDDEN.search(document.text)
            pieces = chunk(document)
            assert all(piece.end - piece.start <= 1800 for piece in pieces)
        assert time.monotonic() - began < WALL_SECONDS + 10
        # The reader survives: the next document is read.
        after = await pool.parse(b"segue", name="a.txt", declared_type=None, limits=LIMITS)
        assert after.text == "segue"

    return check


def _judge_error(error: AppError, codes: tuple[str, ...]) -> None:
    assert error.code in codes, error
    assert error.code in MESSAGES
    # A question mark stands where a detail of the message is missing.
    assert "?" not in error.text
    assert error.remedy
