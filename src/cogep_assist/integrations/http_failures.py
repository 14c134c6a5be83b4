"""What went wrong on an open connection or in a reply, as a stable code with its cause."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import h11
import httpx2

from cogep_assist.core.errors import AppError

MAX_RETRY_AFTER_SECONDS = 86_400.0

_STATUS_CODES = {
    401: "http_unauthorized",
    403: "http_forbidden",
    404: "http_not_found",
    407: "http_unauthorized",
    410: "http_gone",
    429: "http_too_many_requests",
}
_CERTIFICATE_REASONS = {
    10: "o certificado está vencido",
    9: "o certificado ainda não é válido",
    18: "o certificado é assinado por ele mesmo",
    19: "a cadeia de certificados não leva a uma autoridade conhecida",
    20: "a autoridade que emitiu o certificado não é conhecida",
    21: "a autoridade que emitiu o certificado não é conhecida",
    62: "o certificado é de outro nome",
    64: "o certificado é de outro endereço",
}


@contextmanager
def failures_named(host: str, *, body: bool = False) -> Iterator[None]:
    """Turn whatever the transport raises into an AppError; ``body`` says how far we were."""
    try:
        yield
    except httpx2.ConnectTimeout:
        # Connecting itself raises AppError below: what is left is the TLS handshake.
        raise AppError("fetch_timeout", host=host, phase="negociar a conexão segura") from None
    except httpx2.ConnectError as error:
        raise _tls_failure(error, host) from None
    except httpx2.PoolTimeout:
        raise AppError("fetch_timeout", host=host, phase="conectar") from None
    except httpx2.TimeoutException:
        phase = "enviar o conteúdo" if body else "responder"
        raise AppError("fetch_timeout", host=host, phase=phase) from None
    except httpx2.RemoteProtocolError as error:
        raise _protocol_failure(error, host, body=body) from None
    except httpx2.InvalidURL:
        raise AppError("url_invalid", reason="não pôde ser lido") from None
    except httpx2.TransportError:
        raise AppError("fetch_truncated" if body else "connect_failed", host=host) from None


def failure_for_status(status: int, headers: Mapping[str, str], host: str) -> AppError:
    """Return the error of a reply that brings no content, with when to come back if told."""
    details: dict[str, object] = {"host": host, "status": status}
    wait = retry_after_seconds(headers.get("retry-after"))
    if wait is not None:
        details["retry_after"] = wait
    if status >= 500:
        return AppError("http_server_error", **details)
    return AppError(_STATUS_CODES.get(status, "http_status"), **details)


def retry_after_seconds(value: str | None) -> float | None:
    """Read Retry-After: seconds or an HTTP date (RFC 9110 10.2.3); at most a day."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), MAX_RETRY_AFTER_SECONDS)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    wait = (moment - datetime.now(UTC)).total_seconds()
    return min(max(wait, 0.0), MAX_RETRY_AFTER_SECONDS)


def _tls_failure(error: BaseException, host: str) -> AppError:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = _CERTIFICATE_REASONS.get(cause.verify_code, "o certificado não é confiável")
            return AppError("tls_failed", host=host, reason=reason)
    reason = "o servidor não completou a negociação"
    return AppError("tls_failed", host=host, reason=reason, retryable=True)


def _protocol_failure(error: BaseException, host: str, *, body: bool) -> AppError:
    broken = next((c for c in _causes(error) if isinstance(c, h11.RemoteProtocolError)), None)
    if broken is None:
        # The peer hung up without a word of a reply.
        return AppError("fetch_truncated" if body else "connect_failed", host=host)
    if not body and broken.error_status_hint == 431:
        return AppError("response_headers_too_large", host=host)
    if body and str(broken).startswith("peer closed connection"):
        return AppError("fetch_truncated", host=host)
    reason = "o corpo está malformado" if body else "o começo da resposta está malformado"
    return AppError("response_malformed", host=host, reason=reason)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
