"""The inventory of accountability itself."""

from collections.abc import Mapping

from cogep_assist.lgpd_service.subject_data.rules import ACCOUNTABILITY, TableRule, kept

LGPD: Mapping[str, TableRule] = {
    "lgpd.audit_event": kept(
        "Auditoria",
        ACCOUNTABILITY,
        "guarda pseudônimos e identificadores, nunca nome ou documento",
        exported=False,
    ),
}
