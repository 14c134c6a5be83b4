"""The inventory of accountability itself."""

from collections.abc import Mapping

from cogep_assist.lgpd_service.subject_data.rules import (
    ACCOUNTABILITY,
    TableRule,
    acted_only,
    by_actor,
    eliminated,
    kept,
    of,
)

LGPD: Mapping[str, TableRule] = {
    "lgpd.audit_event": kept(
        "Auditoria",
        ACCOUNTABILITY,
        "guarda pseudônimos e identificadores, nunca nome ou documento",
        unexported="guarda pseudônimos de quem agiu, para a prestação de contas",
    ),
    "lgpd.pseudonym_vault": eliminated(
        "Cofres de pseudônimos",
        of("ai.conversation", "conversation_id"),
        opaque={"sealed": "cifrado com a chave da conversa"},
        unexported="cifrado; o texto original está na conversa",
    ),
    # What only a new row changes, and never this role: as it was agreed, published, signed.
    "lgpd.registered_provider": kept(
        "Fornecedores de modelos",
        ACCOUNTABILITY,
        "é o contrato e o mecanismo de cada transferência (arts. 33 e 37)",
        unexported="fala de fornecedores",
    ),
    "lgpd.access_record": kept(
        "Registros de acesso",
        "art. 16, I, e Lei 12.965/2014, art. 15",
        "a lei manda guardá-los por 6 meses, em sigilo; depois são apagados",
        unexported="a cópia os conta por dia; em sigilo por lei, só o encarregado os lê",
    ),
    "lgpd.preservation_order": kept(
        "Ordens de preservação de registros",
        "art. 16, I, e Lei 12.965/2014, art. 15, §§ 1º e 2º",
        "prova a ordem que manda guardar registros por mais tempo",
        unexported="pertence à ordem da autoridade",
    ),
    "lgpd.model_transfer": kept(
        "Envios a modelos de linguagem",
        ACCOUNTABILITY,
        "prova a quem, para onde e sob qual mecanismo algo saiu, sem uma palavra do que saiu",
        by_actor("actor"),
    ),
    "lgpd.processing_activity": acted_only("Atividades de tratamento"),
    "lgpd.ropa_version": kept(
        "Versões do registro de tratamento",
        ACCOUNTABILITY,
        "é o registro que a lei manda manter, com o seu resumo (art. 37)",
        unexported="fala da organização",
    ),
    "lgpd.privacy_notice": kept(
        "Versões do aviso de privacidade",
        ACCOUNTABILITY,
        "foi publicado como está, com o encarregado que então respondia (arts. 9º e 41)",
        unexported="é público",
    ),
    "lgpd.impact_report": acted_only("Relatórios de impacto"),
    "lgpd.governance_record": acted_only("Instruções, políticas e treinamentos"),
}
