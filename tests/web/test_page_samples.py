"""No page escapes the accessibility test: each route has a sample."""

from fastapi.routing import iter_route_contexts
from page_samples import NOT_PAGES, prepare_samples

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.main import create_app


async def test_every_page_route_has_a_sample(settings: Settings, database: Database) -> None:
    pages = (await prepare_samples(database)).pages
    routes = {
        str(context.path_format)
        for context in iter_route_contexts(create_app(settings).routes)
        if "GET" in (context.methods or ())
        and context.original_route.endpoint.__module__.startswith("cogep_assist.web.")
    }
    sampled = {sample.route for sample in pages}
    assert routes - sampled - set(NOT_PAGES) == set(), "pages without a sample"
    assert sampled - routes == set(), "samples of pages that are not there"
    assert set(NOT_PAGES) <= routes
    files = [sample.file for sample in pages]
    assert len(files) == len(set(files))
