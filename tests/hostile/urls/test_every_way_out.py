"""The census of ways out: all are listed, and those for people's addresses refuse the bad ones."""

import ast
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from hostile_urls import ANSWERS, HOSTILE
from local_web import Names, Wiretap, local_web
from source_trees import nodes, source_trees
from uuid_utils.compat import uuid7

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Webhook, WebhookStatus
from cogep_assist.core.outbox import Parcel
from cogep_assist.core.webhooks import new_secret, seal_for
from cogep_assist.integrations.http import GuardedClient, HttpPolicy
from cogep_assist.integrations.pinned_socket import open_pinned
from cogep_assist.integrations.webhooks import WebhookCourier
from cogep_assist.pipeline.fetch import fetch

CLIENT = {"GuardedClient", "open_pinned", "transport_for_pinned", "GuardedTransport"}
SOCKETS = {"socket", "smtplib", "imaplib", "ftplib", "urllib.request", "http.client", "httpx2"}
# Who reaches out by the guarded client, and with whose addresses.
WAYS = {
    "pipeline/fetch.py": "people's: tried below",
    "pipeline/run.py": "people's, by fetch",
    "ingestion_service/source_visit.py": "people's, by fetch and sitemap",
    "ingestion_service/source_comeback.py": "people's, those that source_visit took",
    "ingestion_service/source_preview.py": "people's, by fetch and sitemap",
    "cli/import_documents.py": "people's, by sitemap",
    "ingestion_service/sitemap.py": "people's, by the client itself: tried below",
    "worker_service/stations.py": "makes the client of the three above and of webhooks",
    "integrations/webhooks.py": "people's: events, challenges and calls back, tried below",
    "integrations/privacy_gateway.py": "the administrator's, pinned",
    "integrations/local_models.py": "this machine's, pinned",
    "integrations/oidc.py": "the administrator's, pinned",
    "integrations/mail.py": "the administrator's, pinned",
    "integrations/imap.py": "the administrator's, pinned",
    "integrations/otel.py": "the administrator's, pinned: traces without personal data",
}
# Who knows sockets without being a way to an address that somebody chose.
NO_WAY = {
    "integrations/http.py": "is the client",
    "integrations/http_transport.py": "is the client",
    "integrations/http_connect.py": "is the client",
    "integrations/http_failures.py": "names its failures",
    "integrations/http_stream.py": "reads its replies",
    "integrations/pinned_socket.py": "is the pinned socket",
    "cli/listening.py": "listens",
    "cli/serve_run.py": "listens",
    "core/embedded_cluster.py": "looks for a free port",
}
RESERVED = (
    *("169.254.169.254", "169.254.1.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1"),
    *("168.63.129.16", "100.100.100.200", "fe80::1", "ff02::1", "::", "::ffff:169.254.169.254"),
)


def test_every_way_out_is_listed() -> None:
    reaching = {name for name, tree in _modules() if CLIENT & _names(tree) or _sockets(tree)}
    assert reaching == set(WAYS) | set(NO_WAY)


async def test_every_way_that_peoples_addresses_take_refuses_the_whole_collection(
    database: Database, settings: Settings
) -> None:
    tap = Wiretap()
    async with local_web() as canary, local_web() as allowed:
        policy = HttpPolicy(allow_hosts=(allowed.authority,), total_timeout=5.0)
        async with GuardedClient(policy, resolver=Names(ANSWERS), connector=tap) as client:
            for template, _ in HOSTILE:
                url = template.replace("{canary}", str(canary.port))
                url = url.replace("{allowed}", str(allowed.port))
                for name, way in _ways(database, client).items():
                    with pytest.raises(AppError) as refused:
                        await way(url)
                    # Refused by the guard, each time and under each way's own name for it.
                    assert refused.value.code not in {"internal_error", "webhook_timeout"}, name
        assert (canary.connections, allowed.connections) == (0, 0)
    assert tap.attempts == []


def test_a_mail_server_may_be_internal_and_never_reserved() -> None:
    for host in RESERVED:
        with pytest.raises(AppError) as refused:
            open_pinned(host, 587, 1.0)
        assert refused.value.code in {"address_not_public", "url_invalid"}, host


def _ways(
    database: Database, client: GuardedClient
) -> dict[str, Callable[[str], Awaitable[object]]]:
    courier = WebhookCourier(database, client)

    async def event(url: str, kind: str = "event") -> object:
        webhook_id = uuid7()
        async with database.begin() as session:
            session.add(
                Webhook(
                    id=webhook_id,
                    name=str(webhook_id),
                    url_sealed=seal_for(webhook_id, "url", url),
                    target="x",
                    events=["ticket.created"],
                    secret_sealed=seal_for(webhook_id, "secret", new_secret()),
                    status=WebhookStatus.ACTIVE,
                    created_by="system",
                )
            )
        told = {"event_id": "1", "body": "{}", "challenge": "x"}
        parcel = Parcel(uuid7(), "webhook", "x", told, 1, webhook_id)
        return await getattr(courier, kind)(parcel)

    async def callback(url: str) -> object:
        told = {"event_id": "1", "body": "{}", "url": url, "submitted_by": "system"}
        return await courier.callback(Parcel(uuid7(), "callback", "x", told, 1))

    return {
        "fetch": lambda url: fetch(client, url),
        "sitemap": client.get,
        "event": event,
        "challenge": lambda url: event(url, "challenge"),
        "callback": callback,
    }


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for path, tree in source_trees():
        yield path.as_posix(), tree


def _names(tree: ast.Module) -> set[str]:
    return {node.id for node in nodes(tree) if isinstance(node, ast.Name)}


def _sockets(tree: ast.Module) -> bool:
    imported: set[Any] = set()
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    return bool(SOCKETS & imported)
