"""The counter of a process without Redis: a window that slides, and a wait that is long enough."""

import math
import types

import pytest

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.edge import rate_limits
from cogep_assist.edge.rate_limits import Rate, RateLimits


class Clock:
    now = 6_000_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stopped = Clock()
    stand_in = types.SimpleNamespace(monotonic=stopped.monotonic)
    monkeypatch.setattr(rate_limits, "time", stand_in)
    return stopped


async def passes(limits: RateLimits, who: str = "José") -> bool:
    try:
        await limits.check(Rate.READ, who)
    except AppError:
        return False
    return True


async def wait_for(limits: RateLimits, who: str = "José") -> int:
    with pytest.raises(AppError) as refused:
        await limits.check(Rate.READ, who)
    assert refused.value.code == "rate_limited"
    seconds = refused.value.details["retry_after"]
    assert isinstance(seconds, int)
    return seconds


@pytest.mark.parametrize("into", [0.0, 0.5, 0.99])
async def test_no_more_than_the_limit_in_any_period(
    settings: Settings, clock: Clock, into: float
) -> None:
    """A burst at the end of one window is remembered in the next."""
    settings.read_rate = "10/minute"
    limits = RateLimits(settings)
    clock.now += 60 * into
    assert [await passes(limits) for _ in range(12)] == [True] * 10 + [False] * 2
    assert await passes(limits, "Zélia"), "one person's requests are not another's"
    clock.now = (math.floor(clock.now / 60) + 1) * 60 + 1
    let_in = sum([await passes(limits) for _ in range(12)])
    assert let_in == 1, "nearly all of the last window still lies within the last minute"
    clock.now += 120
    assert [await passes(limits) for _ in range(12)] == [True] * 10 + [False] * 2


@pytest.mark.parametrize(
    ("rate", "into"), [("1/minute", 0.0), ("3/minute", 0.9), ("100/hour", 0.4)]
)
async def test_whoever_waits_as_told_is_let_in(
    settings: Settings, clock: Clock, rate: str, into: float
) -> None:
    settings.read_rate = rate
    limits = RateLimits(settings)
    clock.now += into * 60
    for _ in range(200):
        if not await passes(limits):
            seconds = await wait_for(limits)
            assert 1 <= seconds <= 3600 + 1
            clock.now += seconds
            assert await passes(limits), (rate, seconds)
