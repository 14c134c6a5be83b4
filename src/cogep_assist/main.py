"""The web process: one application that serves the API and the pages."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import APIRouter, FastAPI
from sqlalchemy.engine import URL

from cogep_assist import __version__
from cogep_assist.access_service import endpoints as access
from cogep_assist.core import secret_key
from cogep_assist.core.config import MIB, Settings, load_settings
from cogep_assist.core.database_target import open_target
from cogep_assist.core.db import Database
from cogep_assist.core.notify_bell import NotifyBell
from cogep_assist.core.queue import Bell
from cogep_assist.crm_service import endpoints as crm
from cogep_assist.crm_service.customers.customer_import_file import MAX_BYTES as IMPORT_MAX_BYTES
from cogep_assist.edge import contract, health, sign_in_endpoints
from cogep_assist.edge.access_records import AccessNotes
from cogep_assist.edge.cross_origin import CrossOrigin
from cogep_assist.edge.direct import DirectApp
from cogep_assist.edge.errors import install_error_handlers
from cogep_assist.edge.live_hub import LiveHub
from cogep_assist.edge.metrics import metrics_router
from cogep_assist.edge.middleware import BodyLimit, RequestContext
from cogep_assist.edge.models_in_force import models_in_force
from cogep_assist.edge.rate_limits import RateLimits
from cogep_assist.edge.route_tree import RouteTree
from cogep_assist.edge.state import EdgeState
from cogep_assist.ingestion_service import endpoints as ingestion
from cogep_assist.ingestion_service.intake import Intake
from cogep_assist.integrations.otel import tracing
from cogep_assist.lgpd_service import endpoints as lgpd
from cogep_assist.lgpd_service.requests.request_documents import MAX_BYTES as PAPER_MAX_BYTES
from cogep_assist.mcp_server import endpoint as mcp
from cogep_assist.rag_service import endpoints as rag
from cogep_assist.rag_service import openai_errors
from cogep_assist.rag_service.question_set_csv import MOST_BYTES as QUESTIONS_MAX_BYTES
from cogep_assist.web import pages
from cogep_assist.web.error_page import error_page
from cogep_assist.web.page_words import VISITORS, visitor_error


def create_app(
    settings: Settings | None = None,
    *,
    database: Database | None = None,
    bell: Bell | None = None,
) -> FastAPI:
    """Build the application; its lifespan opens what was not given, and closes what it opened.

    Raises AppError("settings_invalid"|"secret_key_too_short"|"secret_key_unreadable").
    """
    chosen = settings or load_settings()
    secret_key.load(chosen)
    limits = RateLimits(chosen)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            opened = database or await _open_database(stack, chosen)
            stack.push_async_callback(limits.close)
            rung = bell or await _open_bell(stack, chosen, opened)
            opened.ring = rung.ring
            await _start_parts(stack, app, EdgeState(chosen, opened, limits), rung)
            await stack.enter_async_context(mcp.serving_mcp(app))
            yield

    app = DirectApp(
        title="COGEP Assist",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Spans are our own: the framework's hold addresses, and with them what people write.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        lifespan=lifespan,
    )
    # The lifespan puts the real one here; a stop may come before it.
    app.state.stop_waiting = lambda: None
    app.state.error_shapes = {
        openai_errors.PREFIX: openai_errors.openai_error,
        VISITORS: visitor_error,
    }
    app.openapi = lambda: contract.describe(app)  # type: ignore[method-assign]
    install_error_handlers(app)
    for router in (*_routers(chosen), *pages.routers):
        # As they are: an included router is built again for each application, 0.4 s for all.
        app.router.routes.extend(router.routes)
    app.router.middleware_stack = RouteTree(app.router.routes, app.router.middleware_stack)
    app.state.error_page = error_page
    _surround(app, chosen)
    return app


def _surround(app: DirectApp, settings: Settings) -> None:
    """Put about every request what all of them get; the last one added is the first passed."""
    limits, origins = _body_limits(settings), settings.api_allow_origins
    app.add_middleware(BodyLimit, limits=limits)
    app.add_middleware(RequestContext)
    # About all the rest: a page of a listed site reads refusals and crashes too.
    app.add_middleware(CrossOrigin, origins=origins)
    app.open_direct_routes(
        lambda served: CrossOrigin(RequestContext(BodyLimit(served, limits)), origins)
    )


def _body_limits(settings: Settings) -> dict[str, int]:
    return {
        "/ingest": settings.ingest_max_request_bytes,
        "/conhecimento/enviar/arquivos": settings.ingest_max_request_bytes,
        "/perguntar/arquivo": settings.ingest_max_request_bytes,
        "/crm/customers/imports": IMPORT_MAX_BYTES,
        # Forms of pages send a little besides the file.
        "/clientes/importar": IMPORT_MAX_BYTES + MIB,
        "*/importar": QUESTIONS_MAX_BYTES + MIB,
        "*/attachments": settings.ticket_max_upload_bytes,
        "*/escrever": settings.ticket_max_upload_bytes,
        # Papers of data subjects' requests, and acts of appointment.
        "*/papers": PAPER_MAX_BYTES + MIB,
        "*/act": PAPER_MAX_BYTES + MIB,
        "*/ato": PAPER_MAX_BYTES + MIB,
        "/privacidade/acompanhar/documento": PAPER_MAX_BYTES + MIB,
        "/crm/mail/inbound": settings.mail_max_bytes + 1024,
    }


def _routers(settings: Settings) -> list[APIRouter]:
    return [
        health.router,
        metrics_router(settings),
        contract.router,
        sign_in_endpoints.router,
        *access.routers,
        *ingestion.routers,
        *rag.routers,
        mcp.router,
        *crm.routers,
        *lgpd.routers,
    ]


async def _open_database(stack: AsyncExitStack, settings: Settings) -> Database:
    url: URL = stack.enter_context(open_target(settings)).app
    opened = Database(url, pool_size=settings.database_pool_size)
    stack.push_async_callback(opened.close)
    return opened


async def _open_bell(stack: AsyncExitStack, settings: Settings, database: Database) -> Bell:
    if settings.scaled_out:
        # Celery is only loaded where it rings.
        from cogep_assist.worker_service.celery_app import make_celery  # noqa: PLC0415
        from cogep_assist.worker_service.celery_bell import CeleryBell  # noqa: PLC0415

        celery_bell = CeleryBell(make_celery(settings))
        stack.push_async_callback(celery_bell.close)
        return celery_bell
    bell = NotifyBell(database)
    stack.push_async_callback(bell.close)
    return bell


async def _start_parts(stack: AsyncExitStack, app: FastAPI, edge: EdgeState, bell: Bell) -> None:
    intake = Intake(edge.settings, edge.database, bell)
    app.state.edge, app.state.intake = edge, intake
    hub = app.state.live_hub = LiveHub(edge.database)
    stack.push_async_callback(hub.close)

    def stop_waiting() -> None:
        intake.watch.release_all()
        hub.release_all()

    app.state.stop_waiting = stop_waiting
    await stack.enter_async_context(tracing(edge.settings, "api"))
    await stack.enter_async_context(models_in_force(edge))
    notes = app.state.access_notes = AccessNotes(edge.database)
    notes.start()
    stack.push_async_callback(notes.close)
    edge.keys.start()
    stack.push_async_callback(edge.keys.close)
    intake.start()
    stack.push_async_callback(intake.close)
