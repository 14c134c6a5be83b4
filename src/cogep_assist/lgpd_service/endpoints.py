"""The service's face: everything that it serves."""

from fastapi import APIRouter

routers: tuple[APIRouter, ...] = ()
