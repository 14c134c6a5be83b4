"""What a person sees when something is wrong: what happened, what to do, a code to copy."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import REQUEST_ID
from cogep_assist.web.form_again import form_again
from cogep_assist.web.form_blame import blamed_fields, short_words
from cogep_assist.web.outcome import tell_next
from cogep_assist.web.page_words import page_remedy, page_text
from cogep_assist.web.rendering import render
from cogep_assist.web.way_back import remember_way

# Whoever opens a page without a session is shown the way in, not an error.
SIGN_IN_NEEDED = {"not_authenticated", "session_invalid"}

# Nobody filled in a form: the address was cut short, or changed by hand.
ADDRESS_AMISS = {
    "title": "Endereço incompleto",
    "text": "Este endereço não está certo.",
    "remedy": "Confira se ele veio inteiro, ou volte e siga o link de novo.",
}
SESSION_OVER = (
    "Sua sessão terminou. O que você escreveu continua neste navegador: entre de novo e siga de "
    "onde parou."
)


def error_page(request: Request, error: AppError) -> Response:
    """Render an error as a page, or lead to the sign-in where that is what is missing.

    A request that HTMX made gets a card, which is put among the notices: the page that the
    person looks at, and what they typed there, stays as it is.
    """
    part = "hx-request" in request.headers
    if error.code in SIGN_IN_NEEDED:
        return _way_in(request, error)
    problem = problem_of(error)
    if part:
        reply = render(
            request,
            "_error_card.html",
            status=error.status,
            problem=problem | {"text": short_words(error)},
            fields=blamed_fields(error),
        )
        reply.headers["HX-Retarget"] = "#avisos"
        reply.headers["HX-Reswap"] = "afterbegin"
        return reply
    template = "removed.html" if error.code == "document_removed" else "error.html"
    again = request.method == "GET" and error.retryable
    address = f"{request.url.path}?{request.url.query}".rstrip("?") if again else ""
    if request.method == "GET" and error.code == "request_invalid":
        problem |= ADDRESS_AMISS
    page = render(request, template, status=error.status, problem=problem, retry_href=address)
    return form_again(request, error, page)


def _way_in(request: Request, error: AppError) -> Response:
    """Lead to the sign-in, and from there back; a form that came too late says so on the way."""
    reply: Response
    if "hx-request" in request.headers:
        reply = Response(status_code=error.status, headers={"HX-Redirect": "/entrar"})
        tell_next(request, reply, SESSION_OVER)
    elif request.method == "GET":
        reply = RedirectResponse("/entrar", status_code=303)
    else:
        reply = render(request, "session_over.html", status=error.status)
    remember_way(request, reply)
    return reply


def problem_of(error: AppError) -> dict[str, str]:
    """Return what the error card shows."""
    return {
        "title": "Página não encontrada" if error.status == 404 else page_text(error).rstrip("."),
        "text": page_text(error),
        "remedy": page_remedy(error),
        "code": error.code,
        "request_id": REQUEST_ID.get() or "",
    }
