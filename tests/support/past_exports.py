"""Small exports of other systems, true to their forms: invented people, Brazilian names."""

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
        "priority_id": 2, "customer_id": 12, "owner_id": 1,
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
GLPI_DUMP = """-- MySQL dump 10.13
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET TIME_ZONE='+00:00' */;
CREATE TABLE `glpi_tickets` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `entities_id` int unsigned NOT NULL DEFAULT '0',
  `name` varchar(255) DEFAULT NULL,
  `date` timestamp NULL DEFAULT NULL,
  `closedate` timestamp NULL DEFAULT NULL,
  `solvedate` timestamp NULL DEFAULT NULL,
  `date_mod` timestamp NULL DEFAULT NULL,
  `users_id_recipient` int unsigned NOT NULL DEFAULT '0',
  `status` int NOT NULL DEFAULT '1',
  `content` longtext,
  `urgency` int NOT NULL DEFAULT '1',
  `priority` int NOT NULL DEFAULT '1',
  `itilcategories_id` int unsigned NOT NULL DEFAULT '0',
  `is_deleted` tinyint NOT NULL DEFAULT '0',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
INSERT INTO `glpi_documents` (`id`,`name`,`filename`,`filepath`,`mime`) VALUES (4,'tela','tela \\"nova\\".png','PNG/0a/tela.PNG','image/png');
INSERT INTO `glpi_documents_items` (`id`,`documents_id`,`items_id`,`itemtype`) VALUES (1,4,51,'ITILFollowup');
INSERT INTO `glpi_entities` (`id`,`name`,`completename`) VALUES (0,'Raiz','Órgão > Raiz');
INSERT INTO `glpi_groups` (`id`,`name`,`completename`) VALUES (2,'N2','Suporte > N2');
INSERT INTO `glpi_groups_tickets` (`id`,`tickets_id`,`groups_id`,`type`) VALUES (1,7,2,2);
INSERT INTO `glpi_itilcategories` (`id`,`name`,`completename`) VALUES (3,'Rede','TI > Rede');
INSERT INTO `glpi_itilfollowups` (`id`,`itemtype`,`items_id`,`date`,`users_id`,`content`,`is_private`) VALUES
(50,'Ticket',7,'2022-02-01 13:00:00',30,'&lt;p&gt;Ainda n&atilde;o funciona; d&#39;&aacute;gua no cabo&lt;/p&gt;',0),
(51,'Ticket',7,'2022-02-01 14:00:00',40,'Troquei o cabo\\r\\nda sala; it''s ok',1),
(52,'Problem',7,'2022-02-01 14:00:00',40,'de outro objeto',0);
INSERT INTO `glpi_itilsolutions` (`id`,`itemtype`,`items_id`,`content`,`date_creation`,`users_id`,`status`) VALUES (9,'Ticket',7,'<p>Cabo trocado</p>','2022-02-02 15:00:00',40,3);
INSERT INTO `glpi_logs` VALUES (1,'texto com
INSERT INTO `glpi_tickets` VALUES (99,0,\'falso\');
',2);
INSERT INTO `glpi_tickets` VALUES (7,0,'Rede caiu; sala 3 (térreo)','2022-02-01 12:00:00','2022-02-05 12:00:00','2022-02-02 15:00:00','2022-02-05 12:00:00',30,6,'&#60;p&#62;Sem rede desde cedo&#60;/p&#62;',4,5,3,0),(8,0,'Lixo','2022-02-01 12:00:00',NULL,NULL,NULL,30,1,'x',1,3,0,1),(9,0,'Com e-mail avulso','2022-03-01 12:00:00',NULL,NULL,'2022-03-01 12:00:00',0,4,'Preciso de acesso',1,3,0,0);
INSERT INTO `glpi_tickets_users` (`id`,`tickets_id`,`users_id`,`type`,`use_notification`,`alternative_email`) VALUES (1,7,30,1,1,NULL),(2,7,40,2,1,NULL),(3,9,0,1,1,'cidadao@exemplo.org');
INSERT INTO `glpi_useremails` (`id`,`users_id`,`is_default`,`email`) VALUES (1,30,1,'joão@exemplo.org'),(2,30,0,'joao@exemplo.org'),(3,40,1,'helena@orgao.gov.br');
INSERT INTO `glpi_users` (`id`,`name`,`phone`,`phone2`,`mobile`,`realname`,`firstname`,`registration_number`) VALUES (30,'joao','','','61 98765-4321','Sant\\'Anna','João','1234567'),(40,'helena','','','','Antunes','Helena',NULL);
INSERT INTO `glpi_tickets` VALUES (10,0,'Cortado no me"""
OSTICKET_DUMP = """-- phpMyAdmin SQL Dump
CREATE TABLE `sup_ticket` (
  `ticket_id` int(11) UNSIGNED NOT NULL,
  `number` varchar(20) DEFAULT NULL,
  `user_id` int(11) UNSIGNED NOT NULL DEFAULT 0,
  `status_id` int(10) UNSIGNED NOT NULL DEFAULT 0,
  `dept_id` int(10) UNSIGNED NOT NULL DEFAULT 0,
  `topic_id` int(10) UNSIGNED NOT NULL DEFAULT 0,
  `staff_id` int(10) UNSIGNED NOT NULL DEFAULT 0,
  `closed` datetime DEFAULT NULL,
  `created` datetime NOT NULL,
  `updated` datetime NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=latin1;
INSERT INTO `sup_ticket` (`ticket_id`, `number`, `user_id`, `status_id`, `dept_id`, `topic_id`, `staff_id`, `closed`, `created`, `updated`) VALUES
(1, '000123', 5, 3, 1, 2, 1, '2021-07-02 10:00:00', '2021-07-01 09:00:00', '2021-07-02 10:00:00'),
(2, '000124', 5, 1, 1, 0, 0, NULL, '2021-08-01 09:00:00', '2021-08-01 09:00:00'),
(3, '000125', 5);
INSERT INTO `sup_ticket__cdata` (`ticket_id`, `subject`, `priority`) VALUES
(1, 'Certidão de tempo de serviço', '3'),
(2, 'Crachá', '2');
INSERT INTO `sup_ticket_priority` (`priority_id`, `priority`) VALUES (2, 'normal'), (3, 'high');
INSERT INTO `sup_ticket_status` (`id`, `name`, `state`) VALUES (1, 'Open', 'open'), (3, 'Closed', 'closed');
INSERT INTO `sup_department` (`id`, `name`) VALUES (1, 'Gestão de Pessoas');
INSERT INTO `sup_help_topic` (`topic_id`, `topic`) VALUES (2, 'Certidões');
INSERT INTO `sup_staff` (`staff_id`, `firstname`, `lastname`, `email`) VALUES (1, 'Helena', 'Antunes', 'helena@orgao.gov.br');
INSERT INTO `sup_user` (`id`, `default_email_id`, `name`) VALUES (5, 9, 'Conceição Araújo');
INSERT INTO `sup_user_email` (`id`, `user_id`, `address`) VALUES (9, 5, 'conceicao@exemplo.org');
INSERT INTO `sup_user__cdata` (`user_id`, `email`, `name`, `phone`, `notes`) VALUES (5, NULL, NULL, '6133334444X12', NULL);
INSERT INTO `sup_thread` (`id`, `object_id`, `object_type`) VALUES (70, 1, 'T'), (71, 2, 'T'), (72, 1, 'A');
INSERT INTO `sup_thread_entry` (`id`, `thread_id`, `staff_id`, `user_id`, `type`, `poster`, `body`, `format`, `created`) VALUES
(200, 70, 0, 5, 'M', 'Conceição Araújo', '<p>Preciso da certid&atilde;o.</p>', 'html', '2021-07-01 09:00:00'),
(201, 70, 1, 0, 'N', 'Helena', 'Ver a pasta 12', 'text', '2021-07-01 11:00:00'),
(202, 70, 1, 0, 'R', 'Helena', '<div>Segue em anexo.</div>', 'html', '2021-07-02 10:00:00'),
(203, 71, 0, 5, 'M', 'Conceição Araújo', 'Perdi o crachá', 'text', '2021-08-01 09:00:00'),
(204, 72, 1, 0, 'N', 'Helena', 'de uma tarefa', 'text', '2021-07-01 11:00:00');
INSERT INTO `sup_attachment` (`id`, `object_id`, `type`, `file_id`, `inline`) VALUES (1, 202, 'H', 30, 0);
INSERT INTO `sup_file` (`id`, `ft`, `bk`, `type`, `size`, `key`, `name`) VALUES (30, 'T', 'D', 'application/pdf', 12, 'kA1', 'certidão.pdf');
INSERT INTO `sup_file_chunk` (`file_id`, `chunk_id`, `filedata`) VALUES (30, 1, 0x2d312e37), (30, 0, 0x25504446);
"""


def glpi_export(folder: Path) -> Path:
    """Write a dump with the folder of files beside it."""
    (folder / "files" / "PNG" / "0a").mkdir(parents=True)
    (folder / "files" / "PNG" / "0a" / "tela.PNG").write_bytes(b"\x89PNG\r\n\x1a\nx")
    (folder / "glpi.sql").write_text(GLPI_DUMP, "utf-8")
    return folder


def osticket_export(folder: Path) -> Path:
    """Write a dump in latin-1, as old installations have it."""
    folder.mkdir(parents=True)
    (folder / "osticket.sql").write_bytes(OSTICKET_DUMP.encode("cp1252"))
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
    sender = {"id": 1, "name": "Luís Gonçalves", "email": "luis@exemplo.org",
              "phone_number": "+5561987654321", "custom_attributes": {"cpf": "935.411.347-80"}}  # fmt: skip
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
