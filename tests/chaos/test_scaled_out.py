"""The scaled-out mode under fire: workers, children, Redis and its memory go, no job does."""

from collections.abc import AsyncIterator

import pytest
from chaos.faults import Fault
from chaos.installation import Installation, installed
from chaos.rounds import Play
from chaos.topology import start_scaled_out

from chaos import faults

pytestmark = pytest.mark.timeout(0)
FAULTS: list[Fault] = [
    faults.kill_a_worker,
    faults.kill_the_api,
    faults.kill_the_database,
    faults.kill_all_three,
    faults.ask_a_worker_to_stop,
    faults.move_the_clocks,
    faults.kill_redis,
    faults.empty_redis,
    faults.kill_a_parser,
    faults.kill_every_worker,
    faults.leave_redis_away,
    faults.freeze_redis,
]


@pytest.fixture(scope="module")
async def scaled_out(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """One API, a prefork and a threaded Celery worker, Beat and Redis."""
    async with installed(tmp_path_factory.mktemp("celery"), celery=True, clock=True) as made:
        await start_scaled_out(made)
        yield made


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_nothing_is_lost_doubled_or_half_seen(
    scaled_out: Installation, played: Play, kills: int, rounds: int, fault: Fault
) -> None:
    number = kills if fault is faults.kill_a_worker else rounds
    await played(scaled_out, fault, mode="scaled out", rounds=number)
