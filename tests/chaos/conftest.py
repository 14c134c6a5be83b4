"""Rounds and seeds: ``pytest tests/chaos --rounds 300 --seed 42``."""

import random
import secrets
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from chaos.installation import COGEP, Installation, installed


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=1, help="rounds of each fault")
    parser.addoption("--seed", type=int, default=None, help="seed of the random moments")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        # What kills nothing runs with all other tests.
        if here in item.path.parents and item.path.name != "test_one_clock.py":
            item.add_marker(pytest.mark.chaos)
            if sys.platform == "win32":
                item.add_marker(pytest.mark.skip(reason="signals are POSIX matters"))


@pytest.fixture(scope="session")
def rounds(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--rounds", default=1))


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    given = request.config.getoption("--seed", default=None)
    return secrets.randbelow(1_000_000) if given is None else int(given)


@pytest.fixture
def rng(seed: int, request: pytest.FixtureRequest) -> random.Random:
    # In the report of a failure; the name makes each test's moments its own.
    sys.stdout.write(f"seed {seed}\n")
    return random.Random(f"{seed} {request.node.name}")


@pytest.fixture(scope="module")
async def embedded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """One API and two workers on one database server."""
    folder = tmp_path_factory.mktemp("caos")
    async with installed(folder) as installation:
        installation.add(
            "serve", (*COGEP, "serve", "--host", "127.0.0.1", "--port", str(installation.port))
        )
        for number in (1, 2):
            installation.add(f"worker{number}", (*COGEP, "worker"))
        await installation.until(lambda: installation.is_ready, 60, "the API is ready")
        yield installation
