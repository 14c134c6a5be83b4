"""The routers of this service."""

from cogep_assist.access_service import (
    calendar_endpoints,
    key_endpoints,
    outbox_endpoints,
    session_endpoints,
    site_endpoints,
    team_endpoints,
    user_endpoints,
    webhook_endpoints,
)

routers = (
    calendar_endpoints.router,
    session_endpoints.router,
    user_endpoints.router,
    team_endpoints.router,
    key_endpoints.router,
    outbox_endpoints.router,
    webhook_endpoints.router,
    site_endpoints.router,
)
