"""Whatever a form of the pages changes, a route of the API changes through the same use-case.

Or it stands here with the reason why a program has no use for it, or where it does the same.
"""

import ast
from functools import cache

from reached_names import Name, definitions, is_function, modules, named_by, reached, routes

BROWSER = "a step of signing in or out of a browser: programs come with a key"
PROOF = "is proved by a link of a letter or a device of the person's own, in a browser"
VISITOR = "the question box in other sites has routes of its own, for its visits"
BELL = "puts aside what a page told one person: programs hear the same by webhooks"
OTHERWISE = {
    "core.access_first_admin.create_first_admin": BROWSER,
    "core.access_keys.create_key": "is make_key, which the route calls itself",
    "core.access_links.ask_for_reset": BROWSER,
    "core.access_links.choose_password": PROOF,
    "core.access_totp.begin_enrolment": PROOF,
    "core.access_totp.confirm_enrolment": PROOF,
    "core.access_tour.end_tour": "is a state of the pages alone",
    "core.site_visits.open_visit": VISITOR,
    "edge.sign_in.sign_in_as": BROWSER,
    "edge.sign_in.sign_in_by_code": BROWSER,
    "edge.sign_in.sign_in_by_password": BROWSER,
    "crm_service.importers.rollback_documents.roll_back_any": "is cogep import rollback",
    "ingestion_service.document_batches.take_back": "is cogep import rollback",
    "crm_service.sla.sla_notices.close_notices": BELL,
    "crm_service.tickets.ticket_notices.see_all": BELL,
    "crm_service.tickets.ticket_notices.see_ticket": BELL,
    "crm_service.tickets.reply_hold.hold_reply": "is the page's time to take a reply back",
    "crm_service.tickets.reply_hold.take_reply_back": "is the page's time to take a reply back",
    "crm_service.tickets.ticket_from_visitor.open_for_visitor": VISITOR,
    "ingestion_service.own_file.read_own_file": "reads a file for one question of a page's visit",
    "lgpd_service.consent.consent_links.revoke_by_link": PROOF,
    "rag_service.model_setup.choose_model": "is the settings COGEP_LLM_* and their like",
    "rag_service.model_setup.drop_model": "is the settings COGEP_LLM_* and their like",
    "edge.models_in_force.settings_in_use": "reads the models that stand",
    "rag_service.question_set_editing.keep_question": "is add_question, or create_question_set",
}
WRITES = frozenset({"add", "add_all", "delete", "insert", "update", "merge"})


def test_what_a_page_changes_the_api_changes_too() -> None:
    by_api = reached(handler for handler, _ in _handlers(pages=False))
    lacking = {_told(one) for one in _acts_of_pages() if one not in by_api}
    assert lacking - set(OTHERWISE) == set(), "give it a route, or say why it needs none"
    assert set(OTHERWISE) - lacking == set(), "has a route by now: take it off the list"


def test_the_acts_of_the_pages_are_found() -> None:
    acts = {_told(one) for one in _acts_of_pages()}
    assert len(acts) > 150
    assert "ingestion_service.document_hiding.hide_document" in acts
    # By way of a helper of the pages, and by an attribute of a module.
    assert "crm_service.tickets.ticket_move.move_ticket" in acts
    assert "core.access_keys.create_key" in acts


def _handlers(*, pages: bool) -> list[tuple[Name, str]]:
    return [
        found
        for module in modules()
        if module.startswith("cogep_assist.web.") == pages
        for found in routes(module)
    ]


def _acts_of_pages() -> set[Name]:
    forms = [handler for handler, verb in _handlers(pages=True) if verb != "get"]
    return {one for form in forms for one in _below_the_web(form, set()) if _writes(one)}


def _below_the_web(name: Name, seen: set[Name]) -> set[Name]:
    """Return the functions that a page calls first outside of the pages."""
    found = set()
    seen.add(name)
    for one in named_by(name) - seen:
        if one[0].startswith("cogep_assist.web"):
            found |= _below_the_web(one, seen)
        elif is_function(one):
            found.add(one)
    return found


@cache
def _writes(name: Name) -> bool:
    return any(_writes_itself(one) for one in reached([name]))


@cache
def _writes_itself(name: Name) -> bool:
    calls = (
        node.func for node in ast.walk(definitions(name[0])[name[1]]) if isinstance(node, ast.Call)
    )
    return any(
        (isinstance(call, ast.Name) and call.id == "insert")
        or (
            isinstance(call, ast.Attribute)
            and isinstance(call.value, ast.Name)
            and call.value.id in {"session", "sa"}
            and call.attr in WRITES
        )
        for call in calls
    )


def _told(name: Name) -> str:
    return ".".join(name).removeprefix("cogep_assist.")
