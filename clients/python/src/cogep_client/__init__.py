"""Typed client of COGEP Assist's API."""

from cogep_client import types
from cogep_client.client import Client
from cogep_client.transport import ApiError, Upload

__all__ = ["ApiError", "Client", "Upload", "types"]
