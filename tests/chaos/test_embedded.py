"""The embedded mode under fire: what was accepted is done, once, and never half seen."""

from collections.abc import AsyncIterator

import pytest
from chaos.faults import Fault
from chaos.installation import Installation, installed
from chaos.rounds import Play
from chaos.topology import start_embedded

from chaos import faults

pytestmark = pytest.mark.timeout(0)
FAULTS: list[Fault] = [
    faults.kill_a_worker,
    faults.kill_the_api,
    faults.kill_the_database,
    faults.kill_all_three,
    faults.ask_a_worker_to_stop,
    faults.move_the_clocks,
    faults.kill_a_parser,
    faults.kill_every_worker,
    faults.kill_a_server_process,
]


@pytest.fixture(scope="module")
async def embedded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """One API and some workers on one database server."""
    async with installed(tmp_path_factory.mktemp("caos"), clock=True) as made:
        await start_embedded(made)
        yield made


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_nothing_is_lost_doubled_or_half_seen(
    embedded: Installation, played: Play, kills: int, rounds: int, fault: Fault
) -> None:
    number = kills if fault is faults.kill_a_worker else rounds
    await played(embedded, fault, mode="embedded", rounds=number)
