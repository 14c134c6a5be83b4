"""A dump's list of contents: what no copy of ours holds is refused before it is made."""

import pytest

from cogep_assist.core.backup.listing import wanted_items
from cogep_assist.core.errors import AppError


def test_a_dump_of_what_is_not_ours_is_refused_before_it_is_made() -> None:
    head = b";\n; Archive created\n;\n"
    ours = (
        b"4; 2615 16 SCHEMA - ai owner\n21; 1247 17 TYPE ai state owner\n"
        b"22; 1259 18 TABLE ai document owner\n23; 0 18 TABLE DATA ai document owner\n"
        b"24; 0 0 ACL ai FUNCTION f(x integer) owner\n25; 0 0 COMMENT - EXTENSION vector \n"
        b"26; 2606 19 FK CONSTRAINT ai document fk owner\n27; 2620 20 TRIGGER lgpd t keep owner\n"
    )
    kept = wanted_items(head + ours)
    assert b"SCHEMA" not in kept
    assert b"EXTENSION" not in kept
    assert kept.count(b"\n") == 9
    for item in (
        *("TABLE public clientes owner", "FUNCTION pg_catalog now() owner", "RULE ai d r owner"),
        *("EVENT TRIGGER - e owner", "BLOB METADATA - 5 owner", "SERVER - s owner"),
        *("POLICY ai document p owner", "PROCEDURE ai p() owner", "TABELA ai x owner"),
    ):
        with pytest.raises(AppError) as refused:
            wanted_items(head + ours + f"99; 1 2 {item}\n".encode())
        assert (refused.value.code, item in refused.value.text) == ("restore_foreign_item", True)
