"""The service's face: everything that it serves."""

from fastapi import APIRouter

from cogep_assist.crm_service import queue_endpoints, ticket_act_endpoints, ticket_endpoints

routers: tuple[APIRouter, ...] = (
    ticket_endpoints.router,
    ticket_act_endpoints.router,
    queue_endpoints.router,
)
