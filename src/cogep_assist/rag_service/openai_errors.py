"""Errors below /v1 in the shape that clients of OpenAI read."""

from typing import Any

from cogep_assist.core.errors import AppError

PREFIX = "/v1/"
# Where OpenAI has a name for what happened, clients know that name.
_CODES = {
    "not_authenticated": "invalid_api_key",
    "key_invalid": "invalid_api_key",
    "rate_limited": "rate_limit_exceeded",
    "openai_unknown_parameter": "unknown_parameter",
    "openai_unsupported_parameter": "unsupported_parameter",
    "openai_unsupported_value": "unsupported_value",
    "openai_invalid_value": "invalid_value",
    "openai_model_not_found": "model_not_found",
    "openai_path_unknown": "unknown_url",
    "request_invalid": "invalid_value",
}
_TYPES = {
    401: "invalid_request_error",
    403: "permission_error",
    429: "rate_limit_error",
}


def openai_error(error: AppError) -> tuple[int, dict[str, Any]]:
    """Return the HTTP status and the body of an error."""
    if error.code == "not_found":
        # Of an address, not of a thing: what is asked for by name has errors of its own.
        error = AppError("openai_path_unknown")
    # OpenAI answers 400 to a body that it cannot accept, whatever is wrong with it.
    status = 400 if error.status in {413, 415, 422} else error.status
    return status, {
        "error": {
            "message": error.message,
            "type": _TYPES.get(status, "invalid_request_error" if status < 500 else "server_error"),
            "param": _param(error),
            "code": _CODES.get(error.code, error.code),
        }
    }


def _param(error: AppError) -> str | None:
    if "param" in error.details:
        return str(error.details["param"])
    fields = error.details.get("fields")
    return str(fields[0]["field"]) if fields else None
