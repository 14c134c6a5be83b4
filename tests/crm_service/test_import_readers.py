"""Exports as hostile or broken as they come: read in pieces of any size, bounded, never run."""

import json
import time
from pathlib import Path

import pytest
from past_exports import DUMPS

from cogep_assist.crm_service.importers import json_stream, sql_dump
from cogep_assist.crm_service.importers.json_stream import json_records
from cogep_assist.crm_service.importers.mail_box import messages_of
from cogep_assist.crm_service.importers.sql_dump import dump_rows


def test_a_dump_reads_the_same_in_pieces_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    awkward = tmp_path / "d.sql"
    awkward.write_bytes(
        "CREATE TABLE `t` (\n  `a` int,\n  `b` text,\n  `c` longblob\n);\n"
        "INSERT INTO `t` VALUES (1,'d''água; \\'x\\' \\\\',NULL),\n"
        '(-2.5e1,"a""b",_binary \'a\\0b\'),\n'
        "(3,'',0x00ff) ON DUPLICATE KEY UPDATE a=1;\n"
        "REPLACE INTO t (c, a) VALUES ('é', 4);\n"
        "INSERT INTO `other` VALUES ('\nINSERT INTO t VALUES (9,''x'',NULL);\n');\n"
        "INSERT INTO t VALUES (5,'latin \xe9',NULL);\n"
        "INSERT INTO unknown VALUES (1);\nINSERT INTO t VALUES (6);\n".encode("cp1252")
    )
    for path in (awkward, DUMPS / "glpi.sql", DUMPS / "osticket.sql"):
        whole = list(dump_rows(path, lambda _: True, {"c", "filedata"}))
        for size in (1, 7, 61):
            monkeypatch.setattr(sql_dump, "PIECE_BYTES", size)
            assert list(dump_rows(path, lambda _: True, {"c", "filedata"})) == whole, size
        monkeypatch.undo()
        if path.name == "osticket.sql":
            by_powershell = tmp_path / "utf-16.sql"
            by_powershell.write_bytes(path.read_bytes().decode("latin-1").encode("utf-16"))
            told = [(one.table, one.code) for one in dump_rows(by_powershell, lambda _: True)]
            assert told == [(one.table, one.code) for one in whole]
        if path is awkward:
            rows = [(one.row or {}, one.code) for one in whole if one.table in {"t", "unknown"}]
            assert rows == [
                ({"a": "1", "b": "d'água; 'x' \\", "c": None}, ""),
                ({"a": "-2.5e1", "b": 'a"b', "c": b"a\x00b"}, ""),
                ({"a": "3", "b": "", "c": b"\x00\xff"}, ""),
                ({}, "broken_insert"),
                ({"c": "é".encode("cp1252"), "a": "4"}, ""),
                ({"a": "5", "b": "latin é", "c": None}, ""),
                ({}, "columns_unknown"),
                ({}, "columns_differ"),
            ]


def test_a_dump_that_is_made_to_bite_takes_time_as_it_is_long(tmp_path: Path) -> None:
    path = tmp_path / "d.sql"
    biting = {
        "blanks after a table": b"INSERT INTO t" + b" " * 200_000,
        "blanks after columns": b"INSERT INTO t (a)" + b"\n" * 200_000,
        "columns never closed": b"INSERT INTO t (\n" * 15_000,
        "a table of empty lines": b"CREATE TABLE `t` (" + b"\n" * 200_000,
        "tables never closed": b"CREATE TABLE `t` (\n" * 15_000,
        "values never closed": b"INSERT INTO t VALUES (1\n" * 15_000,
        "others never closed": b"INSERT INTO u VALUES (1\n" * 15_000,
        "one line": b"x" * 200_000,
    }
    for what, content in biting.items():
        path.write_bytes(content)
        began = time.process_time()
        read = list(dump_rows(path, lambda table: table == "t"))
        assert time.process_time() - began < 2, what
        assert all(one.row is None for one in read), what
    # What comes behind a line that begins nothing is read all the same, names of any bytes too.
    path.write_bytes(b" " * 3_000_000 + "\nINSERT INTO t (ação) VALUES (1);\n".encode("cp1252"))
    (row,) = dump_rows(path, lambda _: True)
    assert list((row.row or {}).values()) == ["1"]


def test_json_of_any_shape_is_read_a_record_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.json"
    some = [{"id": n, "t": "á" * n, "list": [[n], {"y": [1]}]} for n in range(30)]
    forms = {
        "list": json.dumps(some),
        "lines": "\n".join(json.dumps(one) for one in some),
        "pages": json.dumps(some[:10]) + "\n" + json.dumps(some[10:]),
        "wrapped": json.dumps({"meta": {"n": 1}, "payload": some}),
        "deeper": json.dumps({"data": {"meta": {}, "payload": some}}),
    }
    for size in (3, 64, json_stream.PIECE_BYTES):
        monkeypatch.setattr(json_stream, "PIECE_BYTES", size)
        for name, text in forms.items():
            path.write_text(text, "utf-8-sig")
            assert [one.value for one in json_records(path)] == some, (name, size)
        # However Windows wrote it, in pieces that end within a letter.
        for encoding in ("cp1252", "utf-16", "utf-16-le", "utf-16-be"):
            path.write_bytes('[{"t": "Órgão já"}, {"t": "São João"}]'.encode(encoding))
            told = [(one.value or {}).get("t") for one in json_records(path)]
            assert told == ["Órgão já", "São João"], (encoding, size)
    monkeypatch.setattr(json_stream, "MAX_RECORD_CHARS", 2000)
    # A page that is larger than a record may be is gone through key by key.
    path.write_text(forms["deeper"], "utf-8")
    assert [one.value for one in json_records(path)] == some
    for text, code in (
        ("[" * 100_000, "too_nested"),
        ('[{"id":1},{"t":"' + "x" * 5000, "too_long"),
        ('[{"id":1},', "ends_too_soon"),
        ("não", "broken_json"),
        ('{"tickets":[{"id":1}]', "ends_too_soon"),
    ):
        path.write_text(text, "utf-8")
        *_, last = json_records(path)
        assert (last.value, last.code) == (None, code), text[:20]
    path.write_bytes(b"")
    assert list(json_records(path)) == []


def test_a_mailbox_is_parted_where_messages_begin(tmp_path: Path) -> None:
    box = tmp_path / "caixa"
    body = b"From: a@x\n\nlinha\nFrom dentro do texto\n>From mascarado\n"
    box.write_bytes(b"From a\n" + body + b"\nFrom b\n" + b"x" * 300_000 + b"\n\nFrom c\nS: 1\n\n")
    found = list(messages_of(box, 100_000))
    assert [place for place, _ in found] == ["caixa: 1", "caixa: 2", "caixa: 3"]
    assert found[0][1] == body.replace(b">From", b"From") + b"\n"
    # Too long to be kept, and not kept in memory either.
    assert (found[1][1], found[2][1]) == (None, b"S: 1\n\n")
    folder = tmp_path / "Maildir" / "cur"
    folder.mkdir(parents=True)
    (folder / "1.host:2,S").write_bytes(b"Subject: x\n\n")
    (folder / "elo").symlink_to(box)
    assert [place for place, _ in messages_of(tmp_path / "Maildir", 100)] == ["cur/1.host:2,S"]
