"""The pages as one piece: what the composition root adds to the application."""

from fastapi import FastAPI

from cogep_assist.web.assets import router as assets
from cogep_assist.web.error_page import error_page
from cogep_assist.web.routes import (
    account,
    asking,
    entry,
    links,
    live,
    preferences,
    provider,
    sources,
)


def add_pages(app: FastAPI) -> None:
    """Add every page, and show errors as pages to those who ask for HTML."""
    for router in (
        assets,
        preferences.router,
        live.router,
        entry.router,
        links.router,
        provider.router,
        account.router,
        asking.router,
        sources.router,
    ):
        app.include_router(router)
    app.state.error_page = error_page
