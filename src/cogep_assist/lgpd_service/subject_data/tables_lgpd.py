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
}
