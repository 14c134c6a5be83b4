"""One shape for every refusal and failure that a client may see."""

import contextlib
import errno
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from pydantic_core import PydanticSerializationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from cogep_assist.core.database_words import failure_of
from cogep_assist.core.db import refusal_of
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import REQUEST_ID, get_logger
from cogep_assist.edge.plain_http import HEAD, asked_method
from cogep_assist.edge.recognised import recognise
from cogep_assist.edge.validation_words import as_app_error

DATABASE_DOWN = (OperationalError, InterfaceError, PoolTimeoutError, psycopg.OperationalError)
RETRY_AFTER_SECONDS = 5
ErrorShape = Callable[[AppError], tuple[int, dict[str, Any]]]
log = get_logger(__name__)


class ErrorBody(BaseModel):
    """What went wrong: a stable code, words for a person, details for a machine."""

    code: str = Field(description="Código estável, em inglês.")
    message: str = Field(description="O que houve e o que fazer, em português.")
    details: dict[str, Any] = Field(description="Valores citados na mensagem.")
    request_id: str = Field(description="Identificador deste pedido, para o suporte.")


class ErrorReply(BaseModel):
    """The body of every reply that is not a success."""

    error: ErrorBody


def error_response(
    request: Request, error: AppError, headers: Mapping[str, str] | None = None
) -> Response:
    """Render an error: as a page for a browser where there are pages, else as JSON."""
    page = getattr(request.app.state, "error_page", None)
    if page is not None and _wants_page(request):
        response: Response = page(request, error)
    else:
        status, body = _shaped(request, error)
        response = JSONResponse(body, status_code=status)
    for name, value in {**_headers_of(error), **(headers or {})}.items():
        response.headers[name] = value
    return response


def error_body(error: AppError) -> dict[str, Any]:
    """Return the JSON of an error. What happened inside stays inside."""
    public = error.status != 500
    return {
        "error": {
            "code": error.code,
            "message": error.message,
            "details": error.details if public else {},
            "request_id": REQUEST_ID.get() or "-",
        }
    }


def _shaped(request: Request, error: AppError) -> tuple[int, dict[str, Any]]:
    """Return an error in our shape, or in the one that the clients of an address know."""
    shapes: Mapping[str, ErrorShape] = getattr(request.app.state, "error_shapes", {})
    for prefix, shape in shapes.items():
        if request.url.path.startswith(prefix):
            return shape(error)
    return error.status, error_body(error)


def unexpected(error: Exception) -> AppError:
    """Name an exception that nobody expected, and log it: the client learns no more."""
    if isinstance(error, AppError):
        return error
    if isinstance(error, ClientDisconnect):
        return AppError("body_invalid")
    # A statement that went by the raw driver meets the same guards as all others.
    refused = refusal_of(error)
    if refused is not None:
        return refused
    if _is_half_a_character(error):
        return AppError("text_not_storable")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        log.error("storage_full")
        return AppError("storage_full")
    failed = failure_of(error)
    if failed is not None:
        # Where it came up: a statement of ours that is wrong would say the same.
        trace = {"exc_info": _without_values(error)} if failed.code == "schema_differs" else {}
        note = log.warning if failed.code == "acts_collided" else log.error
        note(failed.code, **trace)
        return failed
    if isinstance(error, DATABASE_DOWN):
        log.error("database_unavailable", error=type(error).__name__)
        return AppError("database_unavailable", retry_after=RETRY_AFTER_SECONDS)
    log.error("unexpected_error", exc_info=_without_values(error))
    return AppError("internal_error")


def install_error_handlers(app: FastAPI) -> None:
    """Make the application answer every error in the one shape."""

    @app.exception_handler(AppError)
    async def _app_error(request: Request, error: AppError) -> Response:
        return error_response(request, error)

    @app.exception_handler(RequestValidationError)
    async def _validation(request: Request, error: RequestValidationError) -> Response:
        return error_response(request, as_app_error(error.errors()))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_methods_at(request))
        if error.status_code in {404, 405} and _wants_page(request):
            with contextlib.suppress(*DATABASE_DOWN):
                await recognise(request)
        return error_response(request, _from_http(request, error), headers)


def _from_http(request: Request, error: HTTPException) -> AppError:
    if isinstance(error, CarriedError):
        return error.carried
    if error.status_code == 405:
        return AppError("method_not_allowed", method=asked_method(request.scope))
    if error.status_code == 404:
        return AppError("not_found")
    if 400 <= error.status_code < 500:
        return AppError("body_invalid")
    return AppError("internal_error")


def _methods_at(request: Request) -> list[str]:
    """Return every method that an address takes: each is a route of its own."""
    path = request.scope["path"]
    methods = {
        method
        for context in iter_route_contexts(request.app.routes)
        if context.path_regex.fullmatch(path)
        for method in context.methods or ()
    }
    return sorted(methods | {HEAD} if "GET" in methods else methods)


class CarriedError(HTTPException):
    """An AppError raised where FastAPI lets only its own exceptions through: while it reads."""

    def __init__(self, carried: AppError) -> None:
        super().__init__(carried.status)
        self.carried = carried


def _headers_of(error: AppError) -> dict[str, str]:
    headers = {}
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="cogep-assist"'
    if error.code == "content_encoding_not_accepted":
        headers["Accept-Encoding"] = "identity"
    if "retry_after" in error.details:
        headers["Retry-After"] = str(error.details["retry_after"])
    elif error.status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return headers


def _wants_page(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    html, json = accept.find("text/html"), accept.find("application/json")
    return html >= 0 and (json < 0 or html < json)


def _is_half_a_character(error: Exception) -> bool:
    """Tell whether a text fails as it is written out: JSON lets lone surrogates in."""
    written = isinstance(error, UnicodeEncodeError | PydanticSerializationError)
    return written and "surrogates not allowed" in str(error)


def _without_values(error: Exception) -> Exception:
    # Database errors carry statements with their values, and with them people's data.
    if hasattr(error, "hide_parameters"):
        error.hide_parameters = True
    original = getattr(error, "orig", None)
    if original is None and not isinstance(error, psycopg.Error):
        return error
    state = getattr(original or error, "sqlstate", None)
    return RuntimeError(f"{type(error).__name__} {state}").with_traceback(error.__traceback__)
