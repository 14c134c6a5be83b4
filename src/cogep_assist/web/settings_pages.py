"""The pages of Ajustes, in the order of their sections."""

from fastapi import APIRouter

from cogep_assist.web.routes import (
    settings_collections,
    settings_copies,
    settings_fields,
    settings_health,
    settings_home,
    settings_hours,
    settings_imports,
    settings_keys,
    settings_models,
    settings_people,
    settings_queues,
    settings_sendings,
    settings_sites,
    settings_targets,
    settings_teams,
    settings_texts,
    settings_webhook,
    settings_webhooks,
)

routers: tuple[APIRouter, ...] = (
    settings_home.router,
    settings_collections.router,
    settings_copies.router,
    settings_fields.router,
    settings_health.router,
    settings_hours.router,
    settings_imports.router,
    settings_keys.router,
    settings_models.router,
    settings_people.router,
    settings_queues.router,
    settings_sendings.router,
    settings_sites.router,
    settings_targets.router,
    settings_teams.router,
    settings_texts.router,
    settings_webhooks.router,
    settings_webhook.router,
)
