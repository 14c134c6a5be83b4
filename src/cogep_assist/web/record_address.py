"""Read which record the address of a page is of, whatever part of the record the page shows."""

import re
from uuid import UUID

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def record_id(typed: str) -> UUID | None:
    """Return the first id in an address or the id by itself, None where there is none.

    What follows the record's own id ("/historico", "/versoes/2#trecho") is a part of it.
    """
    found = _ID.search(typed)
    return UUID(found[0]) if found else None
