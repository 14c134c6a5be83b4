"""Requests by the thousand, drawn from the contract itself: no server error, no undocumented reply.

The base holds one of everything, and half of the ids in a request are ids of what is there, so
that a case reaches beyond 404.
"""

import asyncio
import random
from collections.abc import Mapping
from typing import Any

import pytest
import schemathesis
from api import Api
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.core.failures import FailureGroup
from seeded_base import Seeded
from seeded_base import seed as seed_base
from served import served

from cogep_assist.core.models import Role

CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
# These wait for others by design, or for an address outside.
SLOW = {"/sources/preview"}
OTHER_ROLES = (Role.AGENT, Role.CURATOR, Role.DPO, Role.REQUESTER)


@schemathesis.serializer("message/rfc822")
def as_mail(_context: Any, value: Any) -> bytes:
    """Send what was drawn for a mail's body as it is."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_no_request_breaks_the_contract(api: Api) -> None:
    base = await seed_base(api)
    # Whoever may do less meets other refusals on the way.
    others = [(await api.client(role)).headers for role in OTHER_ROLES]
    async with served(api) as address:
        reached: set[int] = set()
        broken = await asyncio.to_thread(
            _go_through, api, base, address, base.admin.headers, 3, reached
        )
        assert {200, 201, 202, 204, 404, 409, 422} <= reached
        for headers in others:
            broken += await asyncio.to_thread(_go_through, api, base, address, headers, 1, reached)
    assert not broken, "\n\n".join(broken)


def _go_through(
    api: Api, base: Seeded, address: str, of: Mapping[str, str], cases: int, reached: set[int]
) -> list[str]:
    schema = schemathesis.openapi.from_dict(api.app.openapi())
    headers = {"Authorization": str(of["authorization"])}
    broken: list[str] = []
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path in SLOW:
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            broken += _ask(operation, mode, base, address, headers, cases, reached)
    return broken


def _ask(
    operation: Any,
    mode: GenerationMode,
    base: Seeded,
    address: str,
    headers: dict[str, str],
    cases: int,
    reached: set[int],
) -> list[str]:
    chance = random.Random(operation.label)
    checks = [CHECKS.get_one(name) for name in CHECKED]
    broken: list[str] = []

    @seed(1)
    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        if mode is GenerationMode.POSITIVE:
            _use_ids(case, base, chance)
        if case.query:
            # A request that waits for a job waits for nobody here.
            case.query.pop("wait", None)
        response = case.call(base_url=address, headers=headers, timeout=120)
        reached.add(response.status_code)
        try:
            case.validate_response(response, checks=checks)
        except FailureGroup as failures:
            broken.append(f"{operation.label}: {failures}")

    try:
        run()
    except Unsatisfiable:
        # Nothing of this operation can be wrong: it takes neither parameters nor a body.
        assert mode is GenerationMode.NEGATIVE
    return broken[:2]


def _use_ids(case: Any, base: Seeded, chance: random.Random) -> None:
    """Put ids of what is there into the path and into the body, more often than not."""
    for name in list(case.path_parameters or {}):
        if name in base.ids and chance.random() < 0.8:
            case.path_parameters[name] = chance.choice(base.ids[name])
    _replace(case.body, base, chance)


def _replace(body: Any, base: Seeded, chance: random.Random) -> None:
    if not isinstance(body, dict):
        return
    for name, value in body.items():
        if isinstance(value, str) and name in base.ids and chance.random() < 0.6:
            body[name] = chance.choice(base.ids[name])
        elif name in {"entry_ids", "ids"} and isinstance(value, list) and chance.random() < 0.6:
            wanted = "entry_id" if name == "entry_ids" else "ticket_id"
            body[name] = [chance.choice(base.ids[wanted])]
        elif isinstance(value, dict):
            _replace(value, base, chance)
