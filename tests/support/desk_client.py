"""A browser's client at the desk, without a browser: open, read, send, look into forms."""

import html
import re
from typing import Any

import httpx2
from browser_session import HTML, words
from signed_in import Person

PART = HTML | {"HX-Request": "true"}
UNKNOWN = "019a0000-0000-7000-8000-000000000000"


async def opened(who: Person, subject: str = "Impressora", **fields: Any) -> dict[str, Any]:
    """Open a ticket."""
    body = {"subject": subject, "body": "Parou de imprimir.", **fields}
    made: dict[str, Any] = (await who.client.post("/crm/tickets", json=body)).json()
    return made


async def page(who: Person, address: str, status: int = 200) -> str:
    """Return a page's text, once its status is as expected."""
    reply = await who.client.get(address, headers=HTML)
    assert reply.status_code == status, f"{address}: {reply.status_code}\n{words(reply.text)}"
    return reply.text


async def send(who: Person, address: str, **fields: Any) -> httpx2.Response:
    """Send a form."""
    return await who.client.post(address, data=fields, headers=HTML)


async def detail(who: Person, ticket: dict[str, Any]) -> dict[str, Any]:
    """Return a ticket as the API tells it."""
    found: dict[str, Any] = (await who.client.get(f"/crm/tickets/{ticket['id']}")).json()
    return found


def hidden(text: str, name: str) -> str:
    """Return the value of a form's hidden field."""
    found = re.search(rf'name="{name}"[^>]*? value="([^"]*)"', text)
    assert found is not None, name
    return html.unescape(found.group(1))
