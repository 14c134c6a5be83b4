"""Small exports of other systems, true to their forms: invented people, Brazilian names."""

import base64
import json
from pathlib import Path
from typing import Any

ZAMMAD_USERS: list[dict[str, Any]] = [
    {"id": 1, "login": "-", "firstname": "-", "lastname": "", "email": "", "role_ids": []},
    {
        "id": 3, "login": "helena@orgao.gov.br", "firstname": "Helena", "lastname": "Antunes",
        "email": "helena@orgao.gov.br", "role_ids": [2],
    },
    {
        "id": 10, "login": "jose", "firstname": "José", "lastname": "Conceição",
        "email": "Jose@Exemplo.com.br", "phone": "(61) 9876-5432", "mobile": "", "role_ids": [3],
        "cpf": "529.982.247-25", "lotacao": "CGTI", "vip": False,
    },
    # The same person twice: another address, the same CPF.
    {
        "id": 11, "login": "j2", "firstname": "José", "lastname": "da Conceição",
        "email": "jc@exemplo.com.br", "role_ids": [3], "cpf": "52998224725",
    },
    {
        "id": 12, "login": "m", "firstname": "Márcia", "lastname": "D'Ávila", "role_ids": [3],
        "email": "não é um e-mail", "cpf": "111.111.111-11",
    },
    {"id": 13, "login": "", "firstname": "", "lastname": "", "email": "", "role_ids": [3]},
]  # fmt: skip
ZAMMAD_TICKETS: list[dict[str, Any]] = [
    {
        "id": 1, "number": "31001", "title": "Férias não aparecem", "group_id": 1, "state_id": 4,
        "priority_id": 3, "customer_id": 10, "owner_id": 3, "tags": ["férias", "RH!"],
        "created_at": "2023-03-01T12:00:00.000Z", "close_at": "2023-03-03T15:30:00.000Z",
        "updated_at": "2023-03-03T15:30:00.000Z", "sistema": "SouGov",
    },
    {
        "id": 2, "number": "31002", "title": "Acesso à VPN", "group_id": 1, "state_id": 2,
        "priority_id": 2, "customer_id": 11, "owner_id": 1,
        "created_at": "2024-05-01T09:00:00.000Z", "updated_at": "2024-05-02T09:00:00.000Z",
    },
    {
        "id": 3, "number": "31003", "title": "Impressora", "group_id": 1, "state_id": 9,
        "priority_id": 2, "customer_id": 99, "customer": "Fora@Lista.org", "owner_id": 1,
        "created_at": "2024-06-01T09:00:00.000Z", "updated_at": "2024-06-01T09:00:00.000Z",
    },
    {
        "id": 4, "number": "31004", "title": "Do futuro", "group_id": 1, "state_id": 4,
        "priority_id": 2, "customer_id": 10, "owner_id": 1, "created_at": "2299-01-01T00:00:00Z",
    },
]  # fmt: skip
ZAMMAD_ARTICLES: list[dict[str, Any]] = [
    {
        "id": 100, "ticket_id": 1, "sender_id": 2, "type_id": 1, "internal": False,
        "content_type": "text/html", "created_by_id": 10, "created_at": "2023-03-01T12:00:00Z",
        "body": "<p>Minhas <b>férias</b> sumiram.</p><script>alert(1)</script>",
        "attachments": [
            {"id": 7, "filename": "contracheque.pdf", "size": "9"},
            {"id": 8, "filename": "perdido.pdf", "size": "9"},
            {"id": 9, "filename": "../../../segredo.txt", "size": "9"},
            {"id": 6, "filename": "vírus.exe", "size": "2"},
        ],
    },
    {
        "id": 101, "ticket_id": 1, "sender_id": 1, "internal": True, "content_type": "text/plain",
        "created_by_id": 3, "created_at": "2023-03-02T10:00:00Z", "body": "Falei com a folha.",
    },
    {
        "id": 102, "ticket_id": 1, "sender_id": 1, "internal": False, "content_type": "text/plain",
        "created_by_id": 77, "from": "Otávio Brandão <otavio@orgao.gov.br>",
        "created_at": "2023-03-03T15:00:00Z", "body": "Corrigido.\n\nEm 1º, José escreveu:\n> oi",
    },
    {
        "id": 103, "ticket_id": 2, "sender_id": 2, "internal": False, "content_type": "text/plain",
        "created_by_id": 11, "created_at": "2024-05-01T09:00:00Z", "body": "A VPN\u200b caiu.",
    },
]  # fmt: skip


def zammad_export(folder: Path) -> Path:
    """Write pages of the API as people save them: lists, a wrapped page, a page cut short."""
    folder.mkdir(parents=True)
    lists = {"users.json": ZAMMAD_USERS, "groups.json": [GROUP], "tickets-1.json": ZAMMAD_TICKETS}
    for name, records in lists.items():
        (folder / name).write_text(json.dumps(records, ensure_ascii=False), "utf-8")
    wrapped = {"articles": ZAMMAD_ARTICLES}
    (folder / "artigos.json").write_text(json.dumps(wrapped), "utf-8-sig")
    (folder / "tickets-2.json").write_text(json.dumps(ZAMMAD_TICKETS[:2])[:-400] + ",", "utf-8")
    files = folder / "attachments" / "1" / "100"
    files.mkdir(parents=True)
    (files / "7").write_bytes(b"%PDF-1.7 x")
    (files / "6").write_bytes(b"MZ")
    (folder.parent / "segredo.txt").write_text("fora da exportação")
    return folder


GROUP = {"id": 1, "name": "Suporte TI", "follow_up_possible": "yes", "email_address_id": None}
DUMPS = Path(__file__).parent / "past_dumps"


def glpi_export(folder: Path) -> Path:
    """Write a dump with the folder of files beside it."""
    (folder / "files" / "PNG" / "0a").mkdir(parents=True)
    (folder / "files" / "PNG" / "0a" / "tela.PNG").write_bytes(b"\x89PNG\r\n\x1a\nx")
    (folder / "glpi.sql").write_bytes((DUMPS / "glpi.sql").read_bytes())
    return folder


def osticket_export(folder: Path) -> Path:
    """Write a dump in latin-1, as old installations have it."""
    folder.mkdir(parents=True)
    (folder / "osticket.sql").write_bytes((DUMPS / "osticket.sql").read_bytes())
    return folder


def chatwoot_export(folder: Path) -> Path:
    """Write the contacts' CSV and pages of conversations and messages."""
    folder.mkdir(parents=True)
    (folder / "contatos.csv").write_text(
        "id,name,email,phone_number\n"
        "1,Luís Gonçalves,luis@exemplo.org,+5561987654321\n"
        "2,,,\n"
        "3,Só Telefone,,+5511998877665\n"
        "4,sobra,de,colunas,aqui\n",
        "utf-8",
    )
    sender = {
        "id": 1,
        "name": "Luís Gonçalves",
        "email": "luis@exemplo.org",
        "phone_number": "+5561987654321",
        "custom_attributes": {"cpf": "935.411.347-80"},
    }
    conversations = [
        {
            "meta": {
                "sender": sender,
                "assignee": {"id": 9, "name": "Helena", "email": "helena@orgao.gov.br"},
            },
            "id": 42, "inbox_id": 6, "status": "resolved", "labels": ["whatsapp"],
            "created_at": 1700000000, "last_activity_at": 1700003600, "priority": None,
            "additional_attributes": {}, "custom_attributes": {}, "messages": [],
        }
    ]  # fmt: skip
    page = {"data": {"meta": {"all_count": 1}, "payload": conversations}}
    (folder / "conversations.json").write_text(json.dumps(page), "utf-8")
    messages = [
        {"id": 1, "content": "Oi!\nQuero minha 2ª via do boleto", "message_type": 0,
         "conversation_id": 42, "created_at": 1700000000, "private": False, "sender": sender,
         "attachments": [{"id": 5, "data_url": "https://x.test/blobs/foto%20da%20conta.jpg"}]},
        {"id": 2, "content": "Verificar cadastro", "message_type": 1, "conversation_id": 42,
         "created_at": 1700000100, "private": True,
         "sender": {"id": 9, "name": "Helena", "type": "user", "email": "helena@orgao.gov.br"}},
        {"id": 3, "content": "Enviado.", "message_type": 1, "conversation_id": 42,
         "created_at": 1700003600, "private": False,
         "sender": {"id": 9, "name": "Helena", "type": "user", "email": "helena@orgao.gov.br"}},
        {"id": 4, "content": "Conversa resolvida por Helena", "message_type": 2,
         "conversation_id": 42, "created_at": 1700003601, "private": False},
    ]  # fmt: skip
    page = {"meta": {"labels": [], "contact": sender}, "payload": messages}
    (folder / "messages-42.json").write_text(json.dumps(page), "utf-8")
    (folder / "attachments" / "1").mkdir(parents=True)
    (folder / "attachments" / "1" / "foto da conta.jpg").write_bytes(b"\xff\xd8\xffx")
    return folder


def mail_archive(path: Path) -> Path:
    """Write an mbox: out of order, one message twice, one of a machine, one of nobody."""
    pdf = base64.b64encode(b"%PDF-1.7 x")
    path.write_bytes((DUMPS / "caixa.mbox").read_bytes().replace(b"\nPDF\n", b"\n" + pdf + b"\n"))
    return path
