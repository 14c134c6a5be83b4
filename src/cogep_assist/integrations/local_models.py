"""What `cogep doctor` says of the language model: the one that is set, or those that could be.

Only lists of models are asked for: no text of anybody's leaves here.
"""

import asyncio
import json
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from cogep_assist.core.config import Settings
from cogep_assist.core.diagnosis.finding import Finding, fail, from_error, ok
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import ModelProvider
from cogep_assist.integrations.http import GuardedClient, policy_for_pinned
from cogep_assist.integrations.http_url import parse_url
from cogep_assist.integrations.llm import chat_service
from cogep_assist.integrations.privacy_gateway import ModelService, admit

PROBE_SECONDS = 1.0
CHECK_SECONDS = 5.0
MOST_NAMES = 5
_MOST_BYTES = 4_000_000
_CHAT_PATH = "/chat/completions"


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A program that serves models on this machine, by its usual port."""

    name: str
    port: int


KNOWN = (
    LocalServer("Ollama", 11434),
    LocalServer("vLLM", 8000),
    LocalServer("llama.cpp", 8080),
    LocalServer("LM Studio", 1234),
)


async def check_llm(settings: Settings, servers: tuple[LocalServer, ...] = KNOWN) -> list[Finding]:
    """Check the language model that is set; where none is, look for servers on this machine."""
    try:
        service = chat_service(settings)
    except AppError as error:
        return [from_error("llm", error)]
    if service is None:
        return await _suggestions(servers)
    host = parse_url(service.url).host
    if service.provider is ModelProvider.EXTERNAL:
        return [ok("llm", "doctor_llm_external", host=host)]
    try:
        admit(service, None)
    except AppError as error:
        near = "doctor_llm_not_declared" if _is_near(host) else error.code
        return [fail("llm", near, host=host)]
    return [await _reached(service, host)]


async def _suggestions(servers: tuple[LocalServer, ...]) -> list[Finding]:
    found = await asyncio.gather(*(_models_at(server) for server in servers))
    suggested = [
        ok(
            "llm",
            "doctor_llm_local_found",
            server=server.name,
            port=server.port,
            models=_named(models),
            model=models[0],
        )
        for server, models in zip(servers, found, strict=True)
        if models
    ]
    return suggested or [ok("llm", "doctor_llm_off")]


async def _models_at(server: LocalServer) -> list[str]:
    """Return the models that a server on this machine offers; none where it is something else."""
    try:
        status, body = await _get(f"http://127.0.0.1:{server.port}/v1/models", PROBE_SECONDS)
    except AppError:
        return []
    return _names_in(body) if status == 200 else []


async def _reached(service: ModelService, host: str) -> Finding:
    details = {"host": host, "port": parse_url(service.url).port, "model": service.model}
    listing = service.url.partition("?")[0].removesuffix(_CHAT_PATH) + "/models"
    try:
        status, body = await _get(listing, CHECK_SECONDS, service.api_key)
    except AppError:
        return fail("llm", "doctor_llm_down", **details)
    if status in {401, 403}:
        return fail("llm", "doctor_llm_key_refused", **details)
    names = _names_in(body) if status == 200 else []
    if names and service.model not in names and f"{service.model}:latest" not in names:
        return fail("llm", "doctor_llm_no_such_model", **details, models=_named(names))
    return ok("llm", "doctor_llm_ok", **details)


async def _get(url: str, seconds: float, api_key: str | None = None) -> tuple[int, bytes]:
    headers = {"accept": "application/json"}
    if api_key:
        headers["authorization"] = f"Bearer {api_key}"
    policy = policy_for_pinned(
        url, connect_timeout=seconds, read_timeout=seconds, total_timeout=seconds
    )
    async with GuardedClient(policy) as client:
        response = await client.request("GET", url, headers=headers, max_bytes=_MOST_BYTES)
        return response.status, response.take_bytes()


def _names_in(body: bytes) -> list[str]:
    try:
        listed: Any = json.loads(body)
    except (ValueError, RecursionError):
        return []
    rows = listed.get("data") if isinstance(listed, dict) else None
    if not isinstance(rows, list):
        return []
    names = [row.get("id") for row in rows if isinstance(row, dict)]
    return [name for name in names if isinstance(name, str) and name.isprintable()]


def _named(names: list[str]) -> str:
    more = "" if len(names) <= MOST_NAMES else f" e mais {len(names) - MOST_NAMES}"
    return ", ".join(name[:60] for name in names[:MOST_NAMES]) + more


def _is_near(host: str) -> bool:
    """Tell whether a host is likely of this machine or network: a hint, never a permission."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".local", ".internal"))
