"""The inventory of customers and tickets."""

from collections.abc import Mapping

from cogep_assist.lgpd_service.subject_data.rules import (
    ANONYMIZATION,
    Fate,
    TableRule,
    acted_only,
    by_actor,
    eliminated,
    of,
    rebuilt,
    redacted,
)

ERASED = "(eliminado)"
NOBODY = "erased"

CRM: Mapping[str, TableRule] = {
    "crm.customer": eliminated("Cadastro do cliente"),
    "crm.customer_contact": eliminated("Contatos", of("crm.customer", "customer_id")),
    "crm.customer_tag": eliminated("Etiquetas do cliente", of("crm.customer", "customer_id")),
    "crm.customer_relation": eliminated(
        "Relações entre clientes",
        of("crm.customer", "customer_id"),
        of("crm.customer", "other_id"),
    ),
    "crm.customer_event": eliminated("Linha do tempo", of("crm.customer", "customer_id")),
    "crm.customer_duplicate": eliminated(
        "Sugestões de duplicidade",
        of("crm.customer", "first_id"),
        of("crm.customer", "second_id"),
        unexported="compara o cadastro com o de outra pessoa",
    ),
    "crm.customer_merge": eliminated(
        "Uniões de cadastros", of("crm.customer", "winner_id"), of("crm.customer", "loser_id")
    ),
    # Before-images: whatever they were taken from, they name the person.
    "crm.merge_change": eliminated(
        "Diário de uniões", of("crm.customer_merge", "merge_id"), of("crm.ticket_merge", "merge_id")
    ),
    "crm.customer_import": redacted("Arquivos importados"),
    "crm.customer_import_line": eliminated(
        "Linhas importadas",
        of("crm.customer", "customer_id"),
    ),
    "crm.import_batch": redacted("Lotes vindos de outros sistemas"),
    "crm.import_record": redacted(
        "Registros vindos de outros sistemas",
        of("crm.customer", "customer_id"),
        of("crm.ticket", "ticket_id"),
    ),
    "crm.name_word": rebuilt("Palavras de nomes", "é refeita com os nomes que ficam"),
    "crm.report_stretch": rebuilt("Colunas dos relatórios", "são refeitas com os chamados"),
    "crm.saved_view": eliminated("Visões salvas", by_actor("owner")),
    "crm.queue": acted_only("Filas"),
    "crm.ticket": TableRule(
        "Chamados",
        Fate.ANONYMIZE,
        ANONYMIZATION,
        (of("crm.customer", "customer_id"), by_actor("opened_by", unless="customer_id")),
        why="fica só o número, as datas e os prazos, sem pessoa nem texto",
        emptied={
            "subject": ERASED,
            "external_number": None,
            "opened_by": NOBODY,
            "customer_id": None,
            "tags": [],
            "handover": None,
            "status_reason": None,
        },
        kept={
            "protocol": "numeração contínua dos atos do órgão; sem o cadastro, não leva a ninguém",
            "assignee_id": "é de quem atendeu",
        },
    ),
    "crm.ticket_entry": eliminated("Mensagens e notas", of("crm.ticket", "ticket_id")),
    "crm.ticket_attachment": eliminated("Anexos", of("crm.ticket_entry", "entry_id")),
    "crm.inbound_mail": eliminated(
        "E-mails recebidos", of("crm.ticket", "ticket_id"), opaque={"fingerprint": "só o resumo"}
    ),
    "crm.ticket_letter": eliminated("E-mails enviados", of("crm.ticket", "ticket_id")),
    "crm.mail_address": redacted("Endereços que devolvem ou não querem avisos"),
    "crm.ticket_event": eliminated("Histórico dos chamados", of("crm.ticket", "ticket_id")),
    "crm.ticket_rating": eliminated("Avaliações", of("crm.ticket", "ticket_id")),
    "crm.ticket_sensitivity": eliminated(
        "Menções a dados sensíveis", of("crm.ticket", "ticket_id")
    ),
    "crm.article": redacted("Artigos feitos de chamados"),
    "crm.ticket_link": acted_only("Ligações entre chamados"),
    "crm.ticket_merge": eliminated(
        "Uniões de chamados",
        of("crm.ticket", "kept_id"),
        of("crm.ticket", "merged_id"),
        unexported="só identificadores de chamados, que estão na cópia",
    ),
    "crm.ticket_presence": eliminated(
        "Quem vê o chamado agora",
        of("crm.ticket", "ticket_id"),
        of("access.user", "user_id"),
        unexported="dura segundos",
    ),
    "crm.ticket_notice": eliminated(
        "Avisos de chamados", of("crm.ticket", "ticket_id"), of("access.user", "user_id")
    ),
    "crm.sla_notice": eliminated(
        "Avisos de prazo", of("crm.ticket", "ticket_id"), of("access.user", "user_id")
    ),
}
