"""The question box in other people's sites: the line's script, the frame, and what is asked there.

The frame is our own page: its requests stay on our origin, and no other site may make them.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from cogep_assist.core.errors import AppError
from cogep_assist.core.models import FeedbackRating
from cogep_assist.core.principal import Act
from cogep_assist.core.site_origins import is_listed, origin_of
from cogep_assist.core.site_visits import ShownSite, open_visit, shown_site
from cogep_assist.core.ticket_proof import proof_of
from cogep_assist.crm_service.tickets.ticket_from_visitor import VisitorWords, open_for_visitor
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, PrincipalDep, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.edge.transactions import SessionDep
from cogep_assist.rag_service.ask_events import EVENT_STREAM, HEADERS, answer_events
from cogep_assist.rag_service.ask_stream import stream_answer
from cogep_assist.rag_service.conversation_schemas import FeedbackBody
from cogep_assist.rag_service.feedback import give_feedback, withdraw_feedback
from cogep_assist.rag_service.schemas import MAX_QUESTION_CHARS
from cogep_assist.web.assets import loader_reply
from cogep_assist.web.rendering import THEMES, render
from cogep_assist.web.widget_events import visitor_event

router = guarded_router(include_in_schema=False)
FRAME_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors {ancestors}"
)
Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Line = Annotated[str, Field(max_length=200)]


class AgreeBody(BaseModel):
    """Which text of consent somebody read and agreed to."""

    model_config = ConfigDict(extra="forbid")
    consent_version: int


class QuestionBody(BaseModel):
    """A question, and the conversation that it goes on."""

    model_config = ConfigDict(extra="forbid")
    question: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION_CHARS)]
    conversation_id: UUID | None = None


class RatingBody(BaseModel):
    """Whether an answer helped."""

    model_config = ConfigDict(extra="forbid")
    answer_id: UUID
    rating: FeedbackRating


class PersonBody(BaseModel):
    """What somebody asks a person, after an answer or without one; who they are if they say."""

    model_config = ConfigDict(extra="forbid")
    text: Text
    answer_id: UUID | None = None
    name: Line = ""
    email: Line = ""


@router.get("/widget.js", dependencies=[rule(Login.OPEN, rate=Rate.NONE)])
async def loader(request: Request) -> Response:
    """Give the script that pages of other sites load, by an address that stays."""
    return loader_reply(request, "js/widget.js")


@router.get("/widget/{site_id}", dependencies=[rule(Login.OPEN)])
async def frame(request: Request, session: SessionDep, site_id: UUID) -> Response:
    """Show the question box, framed by the site's own pages or on a page of its own."""
    site = await shown_site(session, site_id)
    _refuse_others(request, site)
    theme = request.query_params.get("tema", "")
    writer = edge_state(request).writer
    page = render(
        request,
        "widget/frame.html",
        site=site,
        theme=theme if theme in THEMES else "",
        question_limit=MAX_QUESTION_CHARS,
        model_name=writer.model_name if writer else "",
    )
    page.headers["Content-Security-Policy"] = FRAME_POLICY.format(ancestors=" ".join(site.origins))
    # Pages that are isolated from others (COEP) may frame only what says that it may be framed.
    page.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    page.headers["Cross-Origin-Embedder-Policy"] = "require-corp"
    return page


@router.post("/widget/{site_id}/visitas", dependencies=[rule(Login.OPEN, rate=Rate.VISIT)])
async def agree(
    request: Request, session: SessionDep, site_id: UUID, body: AgreeBody
) -> JSONResponse:
    """Let somebody who agreed to the text ask for some hours."""
    site = await shown_site(session, site_id)
    await edge_state(request).limits.check_site(site.id, site.asks_per_minute)
    visit = await open_visit(session, site, body.consent_version)
    return JSONResponse(
        {"token": visit.token, "expires_at": visit.expires_at.isoformat()}, status_code=201
    )


@router.post("/widget/perguntar", dependencies=[rule(Login.VISIT, Act.ASK, rate=Rate.VISIT)])
async def ask(request: Request, principal: PrincipalDep, body: QuestionBody) -> Response:
    """Answer from the public collections, as it is written."""
    edge = edge_state(request)
    events = stream_answer(
        edge.database,
        principal,
        body.question,
        conversation_id=body.conversation_id,
        writer=edge.writer,
    )
    # What is refused is refused before the status goes out.
    first = await anext(events)
    told = answer_events(first, events, visitor_event)
    return StreamingResponse(told, media_type=EVENT_STREAM, headers=HEADERS)


@router.post(
    "/widget/avaliar", dependencies=[rule(Login.VISIT, Act.GIVE_FEEDBACK, rate=Rate.VISIT)]
)
async def rate(session: SessionDep, principal: PrincipalDep, body: RatingBody) -> Response:
    """Keep whether an answer helped."""
    given = FeedbackBody(rating=body.rating, reasons=[], comment=None)
    await give_feedback(session, principal, body.answer_id, given)
    return Response(status_code=204)


@router.delete(
    "/widget/avaliar/{answer_id}",
    dependencies=[rule(Login.VISIT, Act.GIVE_FEEDBACK, rate=Rate.VISIT)],
)
async def unrate(session: SessionDep, principal: PrincipalDep, answer_id: UUID) -> Response:
    """Take back what was said of an answer."""
    await withdraw_feedback(session, principal, answer_id)
    return Response(status_code=204)


@router.post("/widget/chamado", dependencies=[rule(Login.VISIT, Act.OPEN_TICKETS, rate=Rate.VISIT)])
async def person(
    request: Request, session: SessionDep, principal: PrincipalDep, body: PersonBody
) -> JSONResponse:
    """Open a ticket and tell its number, and the code by which the visitor follows it."""
    words = VisitorWords(body.text, body.name, body.email, body.answer_id)
    timezone = edge_state(request).settings.timezone
    opened = await open_for_visitor(session, principal, words, timezone)
    told = {"protocol": opened.protocol, "code": proof_of(opened.protocol)}
    return JSONResponse(told, status_code=201)


def _refuse_others(request: Request, site: ShownSite) -> None:
    """Raise AppError("site_origin_refused") for a frame in a page of a site that is not listed.

    The script has browsers say where the frame stands; where one does not, the header
    frame-ancestors keeps it closed. A page of its own stands in no site.
    """
    if request.headers.get("sec-fetch-dest", "document") == "document":
        return
    referrer = request.headers.get("referer")
    origin = origin_of(referrer) if referrer else None
    if referrer and (origin is None or not is_listed(origin, site.origins)):
        raise AppError("site_origin_refused")
