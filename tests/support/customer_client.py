"""A customer to begin with, and what tests of the customers' doors ask again and again."""

from typing import Any

import httpx2

UNKNOWN = "019a0000-0000-7000-8000-000000000000"
ANA: dict[str, Any] = {
    "name": "Ana Lúcia D'Ávila Conceição",
    "cpf": "529.982.247-25",
    "birth_date": "31/01/1984",
    "contacts": [
        {"kind": "email", "value": "Ana.Lucia@Exemplo.org.br"},
        {"kind": "phone", "value": "(61) 9876-5432", "label": "celular"},
    ],
    "tags": ["Servidora", "são paulo"],
    "cep": "01310-100",
    "notes": "Prefere contato à tarde.",
}


async def make(client: httpx2.AsyncClient, **fields: Any) -> dict[str, Any]:
    reply = await client.post("/crm/customers", json=fields)
    assert reply.status_code == 201, reply.text
    made: dict[str, Any] = reply.json()
    return made


def code(reply: httpx2.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]["code"]
