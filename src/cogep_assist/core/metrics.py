"""What this process counts and times, for Prometheus; labels are patterns and codes alone."""

from functools import cache

from prometheus_client import CollectorRegistry, Histogram, disable_created_metrics

# Moments of birth would add a line to every series, and nobody asks for them.
disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry(auto_describe=False)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# A route that waits for a job or streams an answer takes as long as a minute.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

REQUEST_SECONDS = Histogram(
    "cogep_http_request_seconds",
    "Seconds until a reply was sent, by route pattern",
    ["method", "route", "status"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
SEARCH_SECONDS = Histogram(
    "cogep_search_seconds",
    "Seconds of one look into the index",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
    registry=REGISTRY,
)
INTAKE_BATCH_REQUESTS = Histogram(
    "cogep_intake_batch_requests",
    "Requests that one transaction of the intake wrote",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
    registry=REGISTRY,
)


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Time one request. ``route`` is the pattern, never the path that somebody asked for."""
    named = method if method in METHODS else "OTHER"
    _requests(named, route, status or 499).observe(seconds)


# There are as many as methods, routes and statuses allow.
@cache
def _requests(method: str, route: str, status: int) -> Histogram:
    return REQUEST_SECONDS.labels(method, route, str(status))
