"""A paper that shows who asks, or in whose name: sent on the page, read once, and deleted."""

from typing import Annotated

from fastapi import Query, Request, Response

from cogep_assist.core.errors import AppError
from cogep_assist.core.principal import ANONYMOUS
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.lgpd_service.requests.request_access import request_by_paper_code
from cogep_assist.lgpd_service.requests.request_documents import MAX_BYTES, add_document
from cogep_assist.lgpd_service.uploaded_file import uploaded_file
from cogep_assist.web.rendering import render

UNNAMED = "documento"
router = guarded_router(include_in_schema=False)
Word = Annotated[str, Query(max_length=40)]


@router.post(
    "/privacidade/acompanhar/documento", dependencies=[rule(Login.OPEN, rate=Rate.SIGN_IN)]
)
async def send_paper(request: Request, p: Word = "", c: Word = "") -> Response:
    """Take a paper in: whose request it is comes before the file."""
    database = edge_state(request).database
    problem: AppError | None = None
    try:
        async with database.begin() as session:
            await request_by_paper_code(session, p, c)
        file = await uploaded_file(request, MAX_BYTES)
        async with database.begin() as session:
            found = await request_by_paper_code(session, p, c)
            purpose = file.purpose or UNNAMED
            await add_document(session, ANONYMOUS, found, purpose, file.name, file.content)
    except AppError as refused:
        problem = refused
    return render(
        request,
        "privacy/paper.html",
        status=problem.status if problem else 200,
        problem=problem,
        protocol=p,
    )
