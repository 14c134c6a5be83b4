"""Send traces to an OpenTelemetry collector (OTLP by HTTP), beside the work and never before it.

The collector is the administrator's and reached as a pinned endpoint. The library of OpenTelemetry
is an extra and only loaded here, where somebody set a collector.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from uuid_utils.compat import uuid7

from cogep_assist import __version__
from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.core.tracing import Kind, Span, Value, checked, keeping
from cogep_assist.integrations.http import GuardedClient, parse_url, policy_for_pinned

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import Span as OtelSpan

SEND_EVERY_SECONDS = 5.0
# Beyond these, spans are let go: a collector that is away must not fill the memory.
MOST_WAITING = 4096
BATCH = 512
SEND_SECONDS = 10.0
TRACES = "/v1/traces"
# What a collector answers that is to be asked again (OTLP 1.5, "Retryable Response Codes").
COMES_BACK = frozenset({429, 502, 503, 504})
log = get_logger(__name__)


@asynccontextmanager
async def tracing(settings: Settings, process: str) -> AsyncIterator[None]:
    """Trace this process for the time of a block, if a collector is set.

    ``process`` names its role ("api", "worker"). Raises AppError("otel_not_installed") and those
    of an address that may not be reached.
    """
    if settings.otel_endpoint is None:
        yield
        return
    sender = TraceSender(settings)
    tracer = _tracer(settings, process, sender)
    sending = asyncio.create_task(sender.run(), name="send_traces")
    try:
        with keeping(tracer):
            yield
    finally:
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sending
        await sender.close()


class TraceSender:
    """Hold spans that have ended, and send them some at a time."""

    def __init__(self, settings: Settings) -> None:
        assert settings.otel_endpoint is not None
        address = parse_url(settings.otel_endpoint)
        plain = str(address).rstrip("/")
        self._url = plain if plain.endswith(TRACES) else plain + TRACES
        self._headers = {"content-type": "application/x-protobuf", "accept": "*/*"}
        if settings.otel_authorization is not None:
            self._headers["authorization"] = settings.otel_authorization.get_secret_value()
        policy = policy_for_pinned(self._url, total_timeout=SEND_SECONDS, max_bytes=1 << 20)
        # Its own calls are no spans: each would bring forth the next.
        self._client = GuardedClient(policy, traced=False)
        self._waiting: deque[ReadableSpan] = deque(maxlen=MOST_WAITING)
        self._is_away = False

    def take(self, span: "ReadableSpan") -> None:
        """Keep a span that has ended; the oldest goes where there are too many."""
        self._waiting.append(span)

    async def run(self) -> None:
        """Send what waits now and then, for ever."""
        while True:
            await asyncio.sleep(SEND_EVERY_SECONDS)
            await self.send()

    async def send(self) -> None:
        """Send what waits; what a collector that is away does not take waits on."""
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            try:
                status = await self._post(_encoded(batch))
            except AppError as error:
                self._waiting.extendleft(reversed(batch))
                self._tell(error.code)
                return
            if status in COMES_BACK:
                self._waiting.extendleft(reversed(batch))
                self._tell(f"http_{status}")
                return
            if status >= 400:
                # It would refuse them the next time as well.
                self._tell(f"http_{status}")
            else:
                self._is_away = False

    async def _post(self, body: bytes) -> int:
        with await self._client.request(
            "POST", self._url, content=body, headers=self._headers
        ) as reply:
            return reply.status

    async def close(self) -> None:
        """Send what is left, if it takes no longer than a moment, and close."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SEND_SECONDS / 2):
                await self.send()
        await self._client.aclose()

    def _tell(self, code: str) -> None:
        if not self._is_away:
            log.warning("traces_not_sent", error=code)
        self._is_away = True


class _Span:
    """A span of OpenTelemetry, as the product writes on it."""

    def __init__(self, span: "OtelSpan") -> None:
        self._span = span

    def note(self, name: str, value: Value) -> None:
        self._span.set_attribute(checked(name), value)

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def fail(self, kind: str) -> None:
        from opentelemetry.trace import StatusCode  # noqa: PLC0415  (an extra)

        self._span.set_attribute(checked("error.type"), kind)
        self._span.set_status(StatusCode.ERROR)


def _tracer(settings: Settings, process: str, sender: TraceSender) -> "_Tracer":
    try:
        return _Tracer(settings, process, sender)
    except ImportError:
        raise AppError("otel_not_installed") from None


class _Tracer:
    def __init__(self, settings: Settings, process: str, sender: TraceSender) -> None:
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  (an extra)
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  (an extra)
        from opentelemetry.sdk.trace.sampling import (  # noqa: PLC0415  (an extra)
            ParentBased,
            TraceIdRatioBased,
        )
        from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415  (an extra)
            TraceContextTextMapPropagator,
        )

        share = TraceIdRatioBased(settings.otel_sample)
        provider = TracerProvider(
            # Whoever calls from outside does not decide how much is traced.
            sampler=ParentBased(
                share, remote_parent_sampled=share, remote_parent_not_sampled=share
            ),
            resource=Resource(
                {
                    "service.name": "cogep-assist",
                    "service.version": __version__,
                    "service.instance.id": str(uuid7()),
                    "cogep.process": process,
                }
            ),
            shutdown_on_exit=False,
        )
        provider.add_span_processor(_processor(sender))
        self._tracer = provider.get_tracer("cogep_assist", __version__)
        self._propagator = TraceContextTextMapPropagator()

    @contextmanager
    def start(self, name: str, kind: Kind, parent: str | None) -> Iterator[Span]:
        from opentelemetry.trace import SpanKind  # noqa: PLC0415  (an extra)

        context = self._propagator.extract({"traceparent": parent}) if parent else None
        with self._tracer.start_as_current_span(
            name,
            context=context,
            kind=SpanKind[kind.upper()],
            # Errors and their traces quote what people wrote.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield _Span(span)


def _processor(sender: TraceSender) -> Any:
    from opentelemetry.sdk.trace import SpanProcessor  # noqa: PLC0415  (an extra)

    class Ended(SpanProcessor):
        def on_end(self, span: "ReadableSpan") -> None:
            sender.take(span)

    return Ended()


def _encoded(spans: "list[ReadableSpan]") -> bytes:
    from opentelemetry.exporter.otlp.proto.common.trace_encoder import (  # noqa: PLC0415  (an extra)
        encode_spans,
    )

    encoded: bytes = encode_spans(spans).SerializeToString()
    return encoded
