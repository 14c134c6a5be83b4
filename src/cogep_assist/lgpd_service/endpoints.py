"""The service's face: everything that it serves."""

from fastapi import APIRouter

from cogep_assist.lgpd_service.audit import access_record_endpoints, audit_endpoints
from cogep_assist.lgpd_service.erasure import erasure_endpoints
from cogep_assist.lgpd_service.export import export_endpoints
from cogep_assist.lgpd_service.keeping import hold_endpoints, retention_endpoints
from cogep_assist.lgpd_service.legal import calendar_endpoints
from cogep_assist.lgpd_service.providers import provider_endpoints
from cogep_assist.lgpd_service.record import (
    governance_endpoints,
    impact_report_endpoints,
    ropa_endpoints,
)
from cogep_assist.lgpd_service.requests import rights_endpoints

routers: tuple[APIRouter, ...] = (
    audit_endpoints.router,
    calendar_endpoints.router,
    provider_endpoints.router,
    *rights_endpoints.routers,
    ropa_endpoints.router,
    governance_endpoints.router,
    impact_report_endpoints.router,
    access_record_endpoints.router,
    erasure_endpoints.router,
    export_endpoints.router,
    hold_endpoints.router,
    retention_endpoints.router,
)
