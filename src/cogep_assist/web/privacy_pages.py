"""The pages of data protection: the public ones, then the encarregado's desk."""

from fastapi import APIRouter

from cogep_assist.web.routes import (
    customer_consents,
    decisions,
    own_consents,
    privacy_audit,
    privacy_consents,
    privacy_erasures,
    privacy_governance,
    privacy_holds,
    privacy_home,
    privacy_impact,
    privacy_incidents,
    privacy_officer,
    privacy_portal,
    privacy_record,
    privacy_request_parts,
    privacy_requests,
    privacy_retention,
    privacy_revocation,
    privacy_terms,
    privacy_transfers,
)

routers: tuple[APIRouter, ...] = (
    privacy_portal.router,
    privacy_revocation.router,
    own_consents.router,
    customer_consents.router,
    privacy_home.router,
    decisions.router,
    privacy_audit.router,
    privacy_consents.router,
    privacy_erasures.router,
    privacy_governance.router,
    privacy_holds.router,
    privacy_incidents.router,
    privacy_officer.router,
    privacy_record.router,
    privacy_impact.router,
    privacy_requests.router,
    privacy_request_parts.router,
    privacy_retention.router,
    privacy_terms.router,
    privacy_transfers.router,
)
