"""What data subjects and the encarregado are served: requests and receipts."""

from fastapi import APIRouter

from cogep_assist.lgpd_service import (
    receipt_endpoints,
    request_act_endpoints,
    request_endpoints,
    request_public_endpoints,
)

routers: tuple[APIRouter, ...] = (
    request_public_endpoints.router,
    request_endpoints.router,
    request_act_endpoints.router,
    receipt_endpoints.router,
)
