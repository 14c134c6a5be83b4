"""What a person sees when something is wrong: what happened, what to do, a code to copy."""

import structlog
from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from cogep_assist.core.errors import AppError
from cogep_assist.web.rendering import render

# Whoever opens a page without a session is shown the way in, not an error.
SIGN_IN_NEEDED = {"not_authenticated", "session_invalid"}


def error_page(request: Request, error: AppError) -> Response:
    """Render an error as a page, or lead to the sign-in where that is what is missing."""
    if error.code in SIGN_IN_NEEDED and request.method == "GET":
        return RedirectResponse("/entrar", status_code=303)
    problem = {
        "title": "Página não encontrada" if error.status == 404 else "Algo não deu certo",
        "text": error.text,
        "remedy": error.remedy,
        "code": error.code,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }
    template = "removed.html" if error.code == "document_removed" else "error.html"
    return render(request, template, status=error.status, problem=problem)
