"""What data subjects and the encarregado are served: rights, consents, incidents, decisions."""

from fastapi import APIRouter

from cogep_assist.lgpd_service.consent import consent_endpoints
from cogep_assist.lgpd_service.incidents import incident_endpoints, incident_notice_endpoints
from cogep_assist.lgpd_service.legal import decision_endpoints, legal_endpoints, officer_endpoints
from cogep_assist.lgpd_service.requests import (
    receipt_endpoints,
    request_act_endpoints,
    request_endpoints,
    request_paper_endpoints,
    request_public_endpoints,
)

routers: tuple[APIRouter, ...] = (
    request_public_endpoints.router,
    request_endpoints.router,
    request_act_endpoints.router,
    request_paper_endpoints.router,
    receipt_endpoints.router,
    legal_endpoints.router,
    officer_endpoints.router,
    consent_endpoints.router,
    incident_endpoints.router,
    incident_notice_endpoints.router,
    decision_endpoints.router,
)
