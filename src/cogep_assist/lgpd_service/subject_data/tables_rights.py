"""The inventory of requests, consents, incidents, officers and automated decisions."""

from collections.abc import Mapping

from cogep_assist.lgpd_service.subject_data.rules import (
    ACCOUNTABILITY,
    Fate,
    TableRule,
    acted_only,
    by_actor,
    eliminated,
    kept,
    of,
)

_CUSTOMER = of("crm.customer", "customer_id")
_REQUEST = of("lgpd.subject_request", "request_id")
_BURDEN = "cabe ao controlador provar o consentimento (art. 8º, § 2º)"
_STAFF = "é de quem atendeu"
_ERASED = "(eliminado)"
_NOBODY = "erased"
_DIGEST = "só o resumo criptográfico"

RIGHTS: Mapping[str, TableRule] = {
    "lgpd.subject_request": TableRule(
        "Pedidos do titular",
        Fate.ANONYMIZE,
        ACCOUNTABILITY,
        (_CUSTOMER, by_actor("opened_by")),
        why="ficam o protocolo, o direito, as datas e o resultado, sem pessoa nem texto",
        emptied={
            "requester_name": _ERASED,
            "requester_email": None,
            "email_key": None,
            "requester_cpf": None,
            "description": "",
            "wanted": {},
            "representative_kind": None,
            "representative_name": None,
            "customer_id": None,
            "opened_by": _NOBODY,
            "answer": None,
        },
        kept={"assignee_id": _STAFF},
    ),
    "lgpd.request_step": TableRule(
        "Passos dos pedidos",
        Fate.ANONYMIZE,
        ACCOUNTABILITY,
        (_REQUEST,),
        why="fica o que houve e quando",
        emptied={"body": None},
        kept={"actor": _STAFF},
    ),
    "lgpd.identity_check": TableRule(
        "Conferências de identidade",
        Fate.ANONYMIZE,
        ACCOUNTABILITY,
        (_REQUEST,),
        why="a prova em si já foi apagada; fica que ela foi conferida",
        emptied={"note": ""},
        kept={"checked_by": _STAFF},
        opaque={"code_hash": _DIGEST},
    ),
    "lgpd.request_document": TableRule(
        "Documentos de pedidos",
        Fate.ANONYMIZE,
        ACCOUNTABILITY,
        (_REQUEST,),
        why="fica o resumo do arquivo",
        emptied={"file_name": None, "content": None},
        kept={"added_by": _STAFF},
        opaque={"content": "cifrado"},
        unexported="o titular o enviou; é apagado depois de conferido",
    ),
    "lgpd.request_notice": TableRule(
        "Avisos a quem recebeu dados",
        Fate.ANONYMIZE,
        ACCOUNTABILITY,
        (_REQUEST,),
        why="ficam a quem e quando se avisou",
        emptied={"asked": _ERASED},
        kept={"recipient_email": "é de quem recebeu os dados"},
    ),
    "lgpd.receipt": TableRule(
        "Comprovantes",
        Fate.ANONYMIZE,
        ACCOUNTABILITY,
        (_CUSTOMER,),
        why="fica o resumo assinado, que confere a via do titular",
        emptied={"content": None, "customer_id": None},
    ),
    "lgpd.consent_event": kept("Consentimentos", ACCOUNTABILITY, _BURDEN, _CUSTOMER),
    "lgpd.guardian": kept("Responsáveis por menores", ACCOUNTABILITY, _BURDEN, _CUSTOMER),
    "lgpd.purpose_version": kept(
        "Textos de consentimento",
        ACCOUNTABILITY,
        "é o texto que cada pessoa leu ao consentir, com o seu resumo (art. 8º, § 2º)",
        unexported="é público",
    ),
    "lgpd.incident": acted_only("Incidentes"),
    "lgpd.incident_step": acted_only("Passos dos incidentes"),
    "lgpd.incident_subject": eliminated("Titulares atingidos por incidentes", _CUSTOMER),
    "lgpd.officer_appointment": kept(
        "Designações de encarregado",
        ACCOUNTABILITY,
        "ato público da organização",
        unexported="é público",
    ),
    "lgpd.automated_decision": TableRule(
        "Decisões automatizadas",
        Fate.ANONYMIZE,
        ACCOUNTABILITY,
        (_CUSTOMER, by_actor("subject")),
        why="guarda resumos e identificadores, nenhuma palavra do que foi decidido",
        emptied={"customer_id": None, "subject": _NOBODY},
    ),
    "lgpd.decision_review": TableRule(
        "Revisões de decisões",
        Fate.ANONYMIZE,
        ACCOUNTABILITY,
        (of("lgpd.automated_decision", "decision_id"),),
        why="ficam a data e o resultado",
        emptied={"requested_by": _NOBODY, "explanation": None},
        kept={"reviewed_by": _STAFF},
    ),
}
