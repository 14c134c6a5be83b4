"""Whatever page of a record a person copies the address of, the record is found."""

from uuid import UUID

import pytest
from fastapi.routing import iter_route_contexts

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.main import create_app
from cogep_assist.web.record_address import record_id

RECORD = "019a0000-0000-7000-8000-00000000000a"
OTHER = "019a0000-0000-7000-8000-00000000000b"
RECORDS = ("/documentos/{document_id}", "/chamados/{ticket_id}", "/clientes/{customer_id}")


@pytest.mark.parametrize("after", ["", "/", "?pagina=2", "#trecho", f"?com={OTHER}", " "])
async def test_every_page_of_a_record_leads_to_it(
    settings: Settings, database: Database, after: str
) -> None:
    paths = {str(one.path_format) for one in iter_route_contexts(create_app(settings).routes)}
    pages = {path for path in paths if path.startswith(RECORDS)}
    assert len(pages) > len(RECORDS), "the pages of records are not where they were"
    for page in pages:
        address = page
        for name in ("{document_id}", "{ticket_id}", "{customer_id}"):
            address = address.replace(name, RECORD)
        while "{" in address:
            before, _, rest = address.partition("{")
            address = f"{before}{OTHER}{rest.partition('}')[2]}"
        assert record_id(f"https://cogep.exemplo.br{address}{after}") == UUID(RECORD), page


def test_an_id_is_enough_and_without_one_there_is_none() -> None:
    assert record_id(f" {RECORD.upper()} ") == UUID(RECORD)
    assert record_id("https://cogep.exemplo.br/documentos/novo") is None
