"""The service's face: everything that it serves."""

from fastapi import APIRouter

from cogep_assist.ingestion_service import (
    document_curation_endpoints,
    document_endpoints,
    ingest_endpoints,
    source_endpoints,
)

routers: tuple[APIRouter, ...] = (
    ingest_endpoints.router,
    document_endpoints.router,
    document_curation_endpoints.router,
    source_endpoints.router,
)
