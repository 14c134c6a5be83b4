"""Every page and every form whose address holds an id: another's does not exist for a stranger."""

import re
from collections.abc import Iterator

import httpx2
import pytest
from api import Api
from browser_session import HTML
from fastapi.routing import iter_route_contexts
from seeded_base import Seeded, seed
from signed_in import sign_in

from cogep_assist.core.models import Role

NOBODYS = "019a0000-0000-7000-8000-000000000000"
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_OWN_WORDS = re.compile(r'(?:csrf_token" value=|name="chave" value=|csrf_token=)"?[\w-]+')
# Holes that hold no id, each with something that fits.
WORDS = {"page": "1", "act": "pausar", "turn": "dispensar", "number": "1", "name": "mover"}
SAME_AS = {"appointment_id": "officer_id"}
# Made at a terminal alone: whoever may not see one is refused whatever the id.
UNSEEDED = {"batch_id": "019b0000-0000-7000-8000-000000000000"}
# Public by what they are.
OPEN = {"site_id"}


def doors(api: Api, base: Seeded) -> Iterator[tuple[str, str, str]]:
    """Yield every page's method, address with ids of others' things, and first hole."""
    for context in iter_route_contexts(api.app.routes):
        path = str(context.path_format)
        holes = re.findall(r"{(\w+)}", path)
        ids = [hole for hole in holes if hole.endswith("_id")]
        if context.include_in_schema or not ids or ids[0] in OPEN:
            continue
        address = path
        for hole in holes:
            address = address.replace(f"{{{hole}}}", filled(hole, path, base))
        for method in sorted({"GET", "POST"} & set(context.methods or ())):
            yield method, address, ids[0]


def filled(hole: str, path: str, base: Seeded) -> str:
    if hole in WORDS or hole in UNSEEDED:
        return {**WORDS, **UNSEEDED}[hole]
    known = base.ids.get(SAME_AS.get(hole, hole))
    assert known, f"seed an id for {hole} of {path}"
    # The second document is internal and the second ticket of a team's queue; the rest is Ana's.
    return known[1] if hole in {"document_id", "chunk_id", "ticket_id"} else known[0]


def words(reply: httpx2.Response) -> tuple[int, str, str]:
    """What a reply tells, without the ids and tokens in it."""
    told = _OWN_WORDS.sub("", _ID.sub("ID", reply.text))
    return reply.status_code, told, _ID.sub("ID", reply.headers.get("location", ""))


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_a_page_of_anothers_thing_is_a_page_of_nothing(api: Api) -> None:
    base = await seed(api)
    carla = (await sign_in(api, "Carla Nogueira", Role.REQUESTER)).client
    davi = (await sign_in(api, "Davi Prado", Role.AGENT, team="Compras")).client
    told, asked = [], 0
    for method, address, hole in doors(api, base):
        strangers = {"Carla": carla}
        if hole in {"ticket_id", "answer_id", "conversation_id", "session_id"}:
            strangers["Davi"] = davi
        for who, client in strangers.items():
            real = await client.request(method, address, headers=HTML)
            none = await client.request(method, _ID.sub(NOBODYS, address), headers=HTML)
            asked += 1
            if words(real) != words(none):
                told.append((who, method, address, real.status_code, none.status_code))
            elif real.status_code < 400:
                told.append((who, method, address, real.status_code, "succeeds"))
    assert told == []
    assert asked > 120, asked
