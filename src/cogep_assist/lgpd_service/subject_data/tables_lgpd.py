"""The inventory of accountability itself."""

from collections.abc import Mapping

from cogep_assist.lgpd_service.subject_data.rules import (
    ACCOUNTABILITY,
    TableRule,
    acted_only,
    eliminated,
    kept,
    of,
)

LGPD: Mapping[str, TableRule] = {
    "lgpd.audit_event": kept(
        "Auditoria",
        ACCOUNTABILITY,
        "guarda pseudônimos e identificadores, nunca nome ou documento",
        exported=False,
    ),
    "lgpd.pseudonym_vault": eliminated(
        "Cofres de pseudônimos",
        of("ai.conversation", "conversation_id"),
        opaque={"sealed": "cifrado com a chave da conversa"},
        exported=False,
    ),
    "lgpd.registered_provider": acted_only("Fornecedores de modelos"),
    "lgpd.access_record": kept(
        "Registros de acesso",
        "art. 16, I, e Lei 12.965/2014, art. 15",
        "a lei manda guardá-los por 6 meses, em sigilo; depois são apagados",
        exported=False,
    ),
    "lgpd.preservation_order": kept(
        "Ordens de preservação de registros",
        "art. 16, I, e Lei 12.965/2014, art. 15, §§ 1º e 2º",
        "prova a ordem que manda guardar registros por mais tempo",
        exported=False,
    ),
    "lgpd.processing_activity": acted_only("Atividades de tratamento"),
    "lgpd.ropa_version": acted_only("Versões do registro de tratamento"),
    "lgpd.privacy_notice": acted_only("Versões do aviso de privacidade"),
    "lgpd.impact_report": acted_only("Relatórios de impacto"),
}
