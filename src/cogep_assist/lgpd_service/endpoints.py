"""The service's face: everything that it serves."""

from fastapi import APIRouter

from cogep_assist.lgpd_service import audit_endpoints, provider_endpoints, rights_endpoints

routers: tuple[APIRouter, ...] = (
    audit_endpoints.router,
    provider_endpoints.router,
    *rights_endpoints.routers,
)
