"""The service's face: everything that it serves."""

from fastapi import APIRouter

from cogep_assist.lgpd_service import (
    access_record_endpoints,
    audit_endpoints,
    calendar_endpoints,
    erasure_endpoints,
    export_endpoints,
    hold_endpoints,
    impact_report_endpoints,
    provider_endpoints,
    retention_endpoints,
    rights_endpoints,
    ropa_endpoints,
)

routers: tuple[APIRouter, ...] = (
    audit_endpoints.router,
    calendar_endpoints.router,
    provider_endpoints.router,
    *rights_endpoints.routers,
    ropa_endpoints.router,
    impact_report_endpoints.router,
    access_record_endpoints.router,
    erasure_endpoints.router,
    export_endpoints.router,
    hold_endpoints.router,
    retention_endpoints.router,
)
