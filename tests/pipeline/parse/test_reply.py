import copy
import io
import json
import struct

import pytest

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.frames import BrokenFrameError, read_frame, write_frame
from cogep_assist.pipeline.parse.limits import ParseLimits
from cogep_assist.pipeline.parse.reply import BadReplyError, judge_reply

TEXT = "Férias\n\nTrinta dias."
HEADER = {
    "document": {
        "title": "Férias", "media_type": "text/plain", "language": "pt-BR", "page_count": 1,
        "parser": "texto 1", "warnings": ["hidden_text_removed"], "metadata": {"author": "Ana"},
        "blocks": [["heading", 0, 6, 1, 1], ["paragraph", 8, 20, 0, None]],
    }
}  # fmt: skip


def judge(text: str | bytes = TEXT, error: object = None, **changes: object):
    header = copy.deepcopy(HEADER)
    header["document"].update(changes)
    body = text if isinstance(text, bytes) else text.encode()
    return judge_reply(error if isinstance(error, dict) else header, body, ParseLimits())


def test_an_honest_reply_becomes_a_document() -> None:
    document = judge()
    assert document.text == TEXT
    assert document.blocks[1].end == 20
    assert document.metadata["author"] == "Ana"


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "zero\x00"},
        {"text": b"\xff\xfe"},
        {"text": ""},
        {"blocks": []},
        {"blocks": [["heading", 0, 60, 1, 1]]},
        {"blocks": [["heading", 5, 5, 1, 1]]},
        {"blocks": [["heading", 0, 6, 1, 1], ["paragraph", 3, 9, 0, 1]]},
        {"blocks": [["script", 0, 6, 1, 1]]},
        {"blocks": [["heading", 0, 6, 9, 1]]},
        {"blocks": [["heading", False, 6, 1, 1]]},
        {"blocks": [["heading", 0, 6, 1, 0]]},
        {"blocks": [["heading", 0, 6, 1]]},
        {"blocks": "heading"},
        {"page_count": 10**9},
        {"page_count": True},
        {"title": 5},
        {"title": "x" * 5000},
        {"title": "a\x00b"},
        {"metadata": ["a"]},
        {"metadata": {"a": 1}},
        {"warnings": ["DROP TABLE"]},
        {"warnings": 7},
        {"media_type": None},
        {"parser": None},
        {"error": {}},
        {"error": {"document": None}},
        {"error": {"error": "invented_code", "details": {}}},
        {"error": {"error": ["empty_text"], "details": {}}},
        {"error": {"error": "empty_text", "details": []}},
    ],
)
def test_what_no_honest_child_says_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BadReplyError):
        judge(**changes)


def test_a_reported_error_keeps_plain_details_only() -> None:
    reported = {
        "error": "parser_failed",
        "details": {
            "cause": "x" * 999,
            "code": "outro",
            "bad-key": 1,
            "deep": {"a": 1},
            "limit": 3,
        },
    }
    with pytest.raises(AppError) as caught:
        judge(error=reported)
    assert caught.value.details == {"cause": "x" * 200, "limit": 3}


def test_frames_carry_a_header_and_a_body() -> None:
    stream = io.BytesIO()
    write_frame(stream, {"nome": "férias"}, b"corpo")
    stream.seek(0)
    assert read_frame(stream, max_body=5) == ({"nome": "férias"}, b"corpo")
    with pytest.raises(BrokenFrameError):
        read_frame(stream, max_body=5)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x00",
        struct.pack(">IQ", 2**32 - 1, 0),
        struct.pack(">IQ", 2, 2**60) + b"{}",
        struct.pack(">IQ", 2, 5) + b"{}abc",
        struct.pack(">IQ", 2, 0) + b"[]",
        struct.pack(">IQ", 3, 0) + b"{{{",
        struct.pack(">IQ", 200_000, 0) + b"[" * 200_000,
        struct.pack(">IQ", 4, 0) + json.dumps("ab").encode(),
    ],
)
def test_broken_frames_are_refused_before_anything_is_allocated(data: bytes) -> None:
    with pytest.raises(BrokenFrameError):
        read_frame(io.BytesIO(data), max_body=1000)
