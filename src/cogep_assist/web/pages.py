"""The pages as one piece: what the composition root adds to the application."""

from cogep_assist.web import desk_pages, privacy_pages, settings_pages
from cogep_assist.web.assets import router as assets
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
)

routers = (
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
    *privacy_pages.routers,
    *settings_pages.routers,
)
