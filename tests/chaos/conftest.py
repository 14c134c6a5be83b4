"""Rounds and seeds: ``pytest tests/chaos -m chaos --rounds 300 --seed 42``."""

import random
import secrets
import sys
from functools import partial
from pathlib import Path

import pytest
from chaos.rounds import Play, play

# What kills nothing runs with all other tests.
HARMLESS = {"test_one_clock.py", "test_search_promises.py"}
# So many of each other fault for so many kills of a worker.
OF_THE_OTHERS = 3


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rounds", type=int, default=1, help="kills of a worker; of each other fault, a third"
    )
    parser.addoption("--seed", type=int, default=None, help="seed of the random moments")
    parser.addoption("--chaos-report", type=Path, default=None, help="file of a line per fault")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and item.path.name not in HARMLESS:
            item.add_marker(pytest.mark.chaos)
            if sys.platform == "win32":
                item.add_marker(pytest.mark.skip(reason="signals are POSIX matters"))


@pytest.fixture(scope="session")
def kills(request: pytest.FixtureRequest) -> int:
    """How many times a worker is killed."""
    return int(request.config.getoption("--rounds", default=1))


@pytest.fixture(scope="session")
def rounds(kills: int) -> int:
    """How many times anything else happens."""
    return max(1, kills // OF_THE_OTHERS)


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    given = request.config.getoption("--seed", default=None)
    return secrets.randbelow(1_000_000) if given is None else int(given)


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Path | None:
    found = request.config.getoption("--chaos-report", default=None)
    return Path(found) if found is not None else None


@pytest.fixture
def rng(seed: int, request: pytest.FixtureRequest) -> random.Random:
    # In the report of a failure; the name makes each test's moments its own.
    sys.stdout.write(f"seed {seed}\n")
    return random.Random(f"{seed} {request.node.name}")


@pytest.fixture
def played(seed: int, report: Path | None) -> Play:
    """Play rounds of a fault with this run's seed."""
    return partial(play, seed=seed, report=report)
