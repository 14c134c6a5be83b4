"""How many requests somebody may make: in Redis where there is one, else in this process.

Counters of the sign-in live here too: its tokens hold 256 random bits, so that the
limit keeps noise down and is not what stands between a guesser and the door.
"""

import enum
import hmac
import math
import time
from typing import Any
from uuid import UUID

import limits
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from cogep_assist.core import secret_key
from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger

# So long may a Redis that hangs keep one request, every so often; the others are counted here.
REDIS_SECONDS = 0.5
REDIS_PAUSE_SECONDS = 30.0
log = get_logger(__name__)


class Rate(enum.StrEnum):
    """The class of a route, which has its own limit."""

    READ = "read"
    ASK = "ask"
    INGEST = "ingest"
    SIGN_IN = "sign_in"
    VISIT = "visit"
    NONE = "none"


class RateLimits:
    """Count requests by class and by who makes them.

    Raises AppError("settings_invalid") for a limit that cannot be read.
    """

    def __init__(self, settings: Settings) -> None:
        self._items = {
            Rate.READ: _parse("read_rate", settings.read_rate),
            Rate.ASK: _parse("ask_rate", settings.ask_rate),
            Rate.INGEST: _parse("ingest_rate", settings.ingest_rate),
            Rate.SIGN_IN: _parse("sign_in_rate", settings.sign_in_rate),
            Rate.VISIT: _parse("visit_rate", settings.visit_rate),
        }
        self._local = {
            (rate.value, item.amount): _LocalWindows(item) for rate, item in self._items.items()
        }
        self._store = _redis_store(settings)
        self._shared = SlidingWindowCounterRateLimiter(self._store) if self._store else None
        self._shared_from = 0.0

    async def check(self, rate: Rate, who: str) -> None:
        """Count one request. Raises AppError("rate_limited", retry_after=...) in seconds."""
        if rate is Rate.NONE:
            return
        await self._count(self._items[rate], rate.value, who)

    async def check_site(self, site_id: UUID, per_minute: int) -> None:
        """Count one request of a site's visitors, all of them together. Raises as ``check``."""
        await self._count(limits.RateLimitItemPerMinute(per_minute), "site", str(site_id))

    async def _count(self, item: limits.RateLimitItem, what: str, who: str) -> None:
        if self._shared is not None and time.monotonic() >= self._shared_from:
            try:
                await _hit(self._shared, item, what, _unnamed(who))
                return
            except AppError:
                raise
            except Exception as error:  # noqa: BLE001  (a lost Redis costs accuracy, never service)
                self._shared_from = time.monotonic() + REDIS_PAUSE_SECONDS
                log.warning("rate_limits_without_redis", error=type(error).__name__)
        key = (what, item.amount)
        if key not in self._local:
            self._local[key] = _LocalWindows(item)
        self._local[key].hit(who)

    async def close(self) -> None:
        """Let the shared store's connections go."""
        if self._store is not None:
            bridge: Any = self._store.bridge
            await bridge.get_connection().aclose()


class _LocalWindows:
    """Count in this process, as the shared counter does: a window that slides.

    What was counted in the window before weighs as much as of it lies within the last period.
    """

    def __init__(self, item: limits.RateLimitItem) -> None:
        self._limit = item.amount
        self._period = float(item.get_expiry())
        self._window = 0
        self._now: dict[str, int] = {}
        self._before: dict[str, int] = {}

    def hit(self, who: str) -> None:
        """Count one request. Raises AppError("rate_limited", retry_after=...) in seconds."""
        moment = time.monotonic() / self._period
        window = int(moment)
        if window != self._window:
            self._before = self._now if window == self._window + 1 else {}
            self._now, self._window = {}, window
        left = 1.0 - (moment - window)
        counted, before = self._now.get(who, 0), self._before.get(who, 0)
        if counted + before * left >= self._limit:
            raise AppError("rate_limited", retry_after=self._wait(counted, before, left))
        self._now[who] = counted + 1

    def _wait(self, counted: int, before: int, left: float) -> int:
        """Return whole seconds until one more request fits."""
        if counted >= self._limit:
            # Not before this window is the last one, and weighs less than all of it.
            share = left + 1.0 - self._limit / counted
        else:
            share = left - (self._limit - counted) / before
        # At the very moment it does not fit yet, however the fraction was rounded.
        return math.floor(share * self._period + 1e-6) + 1


def _unnamed(who: str) -> str:
    """Return a keyed name for who is counted: addresses are personal data, and Redis has a disk."""
    key = secret_key.derive("rate-limit")
    return hmac.digest(key, who.encode(), "sha256")[:16].hex()


async def _hit(
    limiter: SlidingWindowCounterRateLimiter, item: limits.RateLimitItem, what: str, who: str
) -> None:
    if await limiter.hit(item, what, who):
        return
    window = await limiter.get_window_stats(item, what, who)
    raise AppError("rate_limited", retry_after=max(1, math.ceil(window.reset_time - time.time())))


def _redis_store(settings: Settings) -> RedisStorage | None:
    if settings.celery_broker_url is None:
        return None
    url = settings.celery_broker_url.get_secret_value()
    if not url.startswith(("redis://", "rediss://")):
        return None
    return RedisStorage(
        f"async+{url}",
        implementation="redispy",
        socket_connect_timeout=REDIS_SECONDS,
        socket_timeout=REDIS_SECONDS,
    )


def _parse(setting: str, text: str) -> limits.RateLimitItem:
    try:
        return limits.parse(text)
    except ValueError:
        raise AppError(
            "settings_invalid",
            setting=f"COGEP_{setting.upper()}",
            reason="use a forma “600/minute”",
        ) from None
