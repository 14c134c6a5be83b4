"""Round after round against one running installation: load, a fault, the end, the promises."""

import asyncio
import itertools
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from chaos.faults import Fault
from chaos.history import History
from chaos.installation import Installation
from chaos.invariants import broken_promises, settled
from chaos.load import STORIES, Clients, clients, new_document

LOAD_SECONDS = 0.5
PATIENCE_SECONDS = 600
EVERY = 10
Play = Callable[..., Awaitable["Tally"]]


@dataclass
class Tally:
    """How many rounds ran, and what they showed."""

    mode: str
    fault: str
    seed: int
    # How often the fault struck: in some rounds it does so several times at once.
    rounds: int = 0
    violations: int = 0
    searches: int = 0
    jobs: int = 0
    removals: int = 0
    began_at: float = field(default_factory=time.monotonic)

    @property
    def bound(self) -> float:
        """The chance of a violation per round that these rounds exclude, at 95% confidence.

        No event in n independent trials: 1 - 0.05 ** (1 / n), about 3 / n (the rule of three).
        """
        return 1.0 - 0.05 ** (1 / self.rounds) if self.rounds else 1.0

    def say(self, report: Path | None = None) -> None:
        """Print the count, and add it to a file of such lines."""
        seconds = time.monotonic() - self.began_at
        sys.stdout.write(
            f"{self.mode} {self.fault}: {self.rounds} rounds, seed {self.seed}, "
            f"{self.violations} violations ({self.jobs} jobs, {self.removals} removals, "
            f"{self.searches} searches, {seconds:.0f} s); "
            f"excludes more than {self.bound:.2%} per round at 95%\n"
        )
        sys.stdout.flush()
        if report is not None:
            line = {"mode": self.mode, "fault": self.fault, "seed": self.seed}
            line |= {"rounds": self.rounds, "violations": self.violations, "jobs": self.jobs}
            line |= {"removals": self.removals, "searches": self.searches}
            line |= {"seconds": round(seconds, 1), "bound": round(self.bound, 5)}
            with report.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    def count(self, history: History, strikes: int) -> None:
        self.rounds += strikes
        self.jobs += len(history.submissions)
        self.removals += len(history.removals)
        self.searches += len(history.seen)


async def play(
    installation: Installation,
    fault: Fault,
    *,
    mode: str,
    rounds: int,
    seed: int,
    disturbances: int = 3,
    report: Path | None = None,
) -> Tally:
    """Break an installation so many times, and check every promise after each.

    Raises AssertionError with the round's whole history where one is broken. A round's moments
    depend on the seed and its number alone.
    """
    tally = Tally(mode, fault.__name__, seed)
    try:
        async with clients(
            installation.address, installation.key, random.Random(seed), searchers=1
        ) as load:
            for number in itertools.count():
                await play_one(installation, load, fault, tally, number, disturbances)
                if tally.rounds >= rounds:
                    break
                if number % EVERY == EVERY - 1:
                    tally.say()
    finally:
        tally.say(report)
    return tally


async def play_one(
    installation: Installation,
    load: Clients,
    fault: Fault,
    tally: Tally,
    number: int,
    disturbances: int,
) -> None:
    """One round."""
    rng = random.Random(f"{tally.seed} {tally.mode} {tally.fault} {number}")
    history = load.history = History(tally.fault, number, str(tally.seed))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            stories = [asyncio.create_task(story(load, new_document())) for story in STORIES]
            try:
                await asyncio.sleep(rng.uniform(0, LOAD_SECONDS))
                history.remark(f"fault {tally.fault}")
                strikes = await fault(installation, rng) or 1
                history.remark("fault over")
                await asyncio.gather(*stories)
            finally:
                for story in stories:
                    story.cancel()
            await settled(installation, history.jobs, PATIENCE_SECONDS)
            history.remark("every job has ended")
            for document in history.documents:
                await stands(load, document)
        found = await broken_promises(installation, history, disturbances=disturbances)
        assert not found, "\n".join(found[:40])
    except (AssertionError, TimeoutError) as error:
        tally.violations += 1
        # At once, and not when hundreds of further rounds of other faults are over.
        sys.stdout.write(f"{error!r}\n{error}\n{history.told()}\n{installation.logs()}\n")
        raise AssertionError(f"{error!r}: {error}\n{history.told()}") from error
    tally.count(history, strikes)


async def stands(load: Clients, document: str) -> None:
    """Search once more, after all: what stands is whole, or gone."""
    expected = load.history.expected(document)
    while (seen := await load.search(document)) is None:
        await asyncio.sleep(0.05)
    shown = max(seen.versions, default=None)
    if shown != expected:
        load.history.violation(f"{document}: version {shown} is found at the end, not {expected}")
