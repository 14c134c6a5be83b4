"""The pages as one piece: what the composition root adds to the application."""

from fastapi import FastAPI

from cogep_assist.web import desk_pages
from cogep_assist.web.assets import router as assets
from cogep_assist.web.error_page import error_page
from cogep_assist.web.routes import (
    account,
    ask_answer,
    ask_conversations,
    ask_page,
    ask_source,
    entry,
    knowledge_documents,
    knowledge_evaluation,
    knowledge_gaps,
    knowledge_intake,
    knowledge_queue,
    knowledge_search,
    knowledge_sources,
    knowledge_synonyms,
    links,
    live,
    preferences,
    provider,
    settings_collections,
    settings_copies,
    settings_fields,
    settings_health,
    settings_home,
    settings_hours,
    settings_keys,
    settings_models,
    settings_people,
    settings_queues,
    settings_sendings,
    settings_targets,
    settings_teams,
    settings_texts,
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
        ask_page.router,
        ask_answer.router,
        ask_conversations.router,
        ask_source.router,
        knowledge_documents.router,
        knowledge_evaluation.router,
        knowledge_gaps.router,
        knowledge_intake.router,
        knowledge_queue.router,
        knowledge_search.router,
        knowledge_sources.router,
        knowledge_synonyms.router,
        *desk_pages.routers,
        settings_home.router,
        settings_collections.router,
        settings_copies.router,
        settings_fields.router,
        settings_health.router,
        settings_hours.router,
        settings_keys.router,
        settings_models.router,
        settings_people.router,
        settings_queues.router,
        settings_sendings.router,
        settings_targets.router,
        settings_teams.router,
        settings_texts.router,
    ):
        app.include_router(router)
    app.state.error_page = error_page
