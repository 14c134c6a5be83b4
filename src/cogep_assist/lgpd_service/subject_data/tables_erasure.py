"""The inventory of erasures, holds, retention and copies."""

from collections.abc import Mapping

from cogep_assist.lgpd_service.subject_data.rules import (
    ACCOUNTABILITY,
    Fate,
    TableRule,
    acted_only,
    eliminated,
    kept,
    of,
)

_CUSTOMER = of("crm.customer", "customer_id")

ERASURE: Mapping[str, TableRule] = {
    "lgpd.erasure": TableRule(
        "Eliminações",
        Fate.KEEP,
        ACCOUNTABILITY,
        why="guarda quantidades e resumos, nunca um valor",
        opaque={"subject": "cifrado, e apagado quando nada mais resta"},
        unexported="guarda quantidades e resumos, nunca um valor",
    ),
    "lgpd.fence": kept(
        "Bloqueios de titulares",
        ACCOUNTABILITY,
        "só identificadores",
        _CUSTOMER,
        unexported="só identificadores; o bloqueio é dito na resposta ao pedido",
    ),
    "lgpd.erasure_tombstone": kept(
        "Lápides de eliminação",
        ACCOUNTABILITY,
        "só resumos com chave",
        unexported="só resumos com chave",
    ),
    "lgpd.preserved_original": TableRule(
        "Originais preservados",
        Fate.KEEP,
        "art. 7º, VI, e art. 16, I (prova sob guarda)",
        why="cifrado; abre-se só por ordem de quem pode",
        opaque={"sealed": "cifrado"},
        unexported="prova sob guarda legal, cifrada",
    ),
    "lgpd.keeping": acted_only("Fundamentos de conservação"),
    "lgpd.hold": kept(
        "Guardas legais",
        ACCOUNTABILITY,
        "nunca são apagadas",
        unexported="pertence ao processo; o encarregado responde caso a caso",
    ),
    "lgpd.hold_target": kept(
        "Alcance das guardas",
        ACCOUNTABILITY,
        "só identificadores",
        unexported="pertence ao processo; o encarregado responde caso a caso",
    ),
    "lgpd.retention_rule": acted_only("Regras de prazo"),
    "lgpd.retention_run": acted_only("Execuções dos prazos"),
    "lgpd.subject_export": eliminated(
        "Cópias feitas para o titular",
        _CUSTOMER,
        opaque={"sealed": "cifrado"},
        unexported="é a própria cópia",
    ),
}
