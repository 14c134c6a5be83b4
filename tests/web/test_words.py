"""What a person reads of acts, scopes, sendings and mechanisms is Portuguese, all of it."""

import ast

from source_trees import nodes, source_trees

from cogep_assist.core.models import (
    IncidentStepKind,
    OutboxStatus,
    RequestStepKind,
    TransferMechanism,
)
from cogep_assist.core.models.lgpd_consents import ConsentAct
from cogep_assist.core.pii.finding import LABELS, Kind
from cogep_assist.core.principal import Act, PrincipalKind
from cogep_assist.web.audit_words import ACTORS, OBJECTS, act_words
from cogep_assist.web.desk_words import _EVENTS
from cogep_assist.web.formats import day_br, media_words
from cogep_assist.web.privacy_words import MECHANISMS
from cogep_assist.web.routes.settings_sendings import STATES
from cogep_assist.web.scope_words import SCOPES


def test_every_act_of_the_audit_has_its_words() -> None:
    acts, objects = _written()
    assert len(acts) > 100
    acts |= {f"ticket_{kind}" for kind in _EVENTS}
    acts |= {f"request_{kind.value}" for kind in RequestStepKind}
    acts |= {f"incident_{kind.value}" for kind in IncidentStepKind}
    acts |= {f"consent_{kind.value}" for kind in ConsentAct}
    assert [act for act in sorted(acts) if act_words(act) == act] == []
    assert objects - OBJECTS.keys() == set()
    assert set(ACTORS) == {kind.value for kind in PrincipalKind}
    assert act_words("customer_cpf_revealed") == "Cliente: CPF revelado"
    assert act_words("sign_in_refused") == "Entrada recusada"
    assert act_words("of_a_later_release") == "of_a_later_release"


def test_every_choice_of_a_page_has_its_words() -> None:
    assert set(SCOPES) == set(Act)
    assert set(STATES) == set(OutboxStatus)
    assert set(MECHANISMS) == set(TransferMechanism)
    assert set(LABELS) == set(Kind)


def test_media_and_days_are_written_for_people() -> None:
    assert media_words("application/pdf") == "PDF"
    assert media_words("text/plain; charset=utf-8") == "texto"
    assert media_words("image/x-unknown") == "imagem"
    assert media_words("video/x-unknown") == "video/x-unknown"
    assert day_br("2027-02-27") == "27/02/2027"


def _written() -> tuple[set[str], set[str]]:
    """Return the acts and objects that the program names where it writes the audit."""
    acts: set[str] = set()
    objects: set[str] = set()
    for _, tree in source_trees():
        for node in nodes(tree):
            if not isinstance(node, ast.Call) or not _records(node.func):
                continue
            for place, found in ((2, acts), (3, objects)):
                said = node.args[place] if len(node.args) > place else None
                if isinstance(said, ast.Constant):
                    found.add(str(said.value))
    return acts, objects


def _records(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "record"
        and isinstance(function.value, ast.Name)
        and function.value.id == "audit"
    )
