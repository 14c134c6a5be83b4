"""Optimistic concurrency: ETag on what is shown, If-Match on what is changed (RFC 9110, 13.1)."""

import re
from typing import Annotated

from fastapi import Header, Response

from cogep_assist.core.errors import AppError

_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')

IfMatchHeader = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description=(
            "A versão que você leu, como veio em ETag. Se alguém mudou desde então, nada é "
            "alterado e a resposta é 412. Sem o cabeçalho, a alteração vale sobre a versão atual."
        ),
        # Told in the contract, checked by ``expected_revision``: its error has its own code.
        json_schema_extra={"pattern": r'^((W/)?"\d{1,9}"|\*)$'},
    ),
]


def set_entity_tag(response: Response, revision: int) -> None:
    """Tell which revision a reply shows."""
    response.headers["ETag"] = f'"{revision}"'


def expected_revision(header: str | None) -> int | None:
    """Return the revision that the client read, or None when it does not mind which.

    Raises AppError("if_match_invalid").
    """
    if header is None or header.strip() == "*":
        return None
    found = _TAG.fullmatch(header.strip())
    if found is None:
        raise AppError("if_match_invalid")
    return int(found[1])


def check_revision(expected: int | None, current: int) -> None:
    """Raise AppError("changed_meanwhile") unless a row is as the client read it."""
    if expected is not None and expected != current:
        raise AppError("changed_meanwhile", current=current)
