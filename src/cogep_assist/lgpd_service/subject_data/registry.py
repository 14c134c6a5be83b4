"""The inventory: one rule for every table that can hold personal data.

A test holds it complete: a table with a labelled column and no rule here fails the build.
"""

from collections.abc import Mapping

from cogep_assist.lgpd_service.subject_data.rules import TableRule
from cogep_assist.lgpd_service.subject_data.tables_access import ACCESS
from cogep_assist.lgpd_service.subject_data.tables_ai import AI
from cogep_assist.lgpd_service.subject_data.tables_crm import CRM
from cogep_assist.lgpd_service.subject_data.tables_erasure import ERASURE
from cogep_assist.lgpd_service.subject_data.tables_lgpd import LGPD
from cogep_assist.lgpd_service.subject_data.tables_rights import RIGHTS

REGISTRY: Mapping[str, TableRule] = {
    **ACCESS,
    **AI,
    **CRM,
    **ERASURE,
    **LGPD,
    **RIGHTS,
}
