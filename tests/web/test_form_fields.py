"""Each error that a form can bring back marks its field, or stands here as being of none."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from api import running_api
from browser_session import HTML
from fastapi.routing import iter_route_contexts
from lxml.html import HtmlElement, document_fromstring
from page_samples import Prepared, prepare_samples
from reachable_codes import Raised, codes_of

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.messages import message_for
from cogep_assist.core.models import Role
from cogep_assist.edge.cookies import COOKIE
from cogep_assist.main import create_app
from cogep_assist.web.form_again import NOT_THE_FORM
from cogep_assist.web.form_fields import BLAMED
from cogep_assist.web.form_marks import give_back

# What is wrong is none of what was typed: nothing to put right in a field.
OF_NO_FIELD = {
    "the object of the address is not there (any more)": """
        answer_not_found article_not_found calendar_feed_not_found conversation_not_found
        deadline_rule_not_found decision_not_found document_not_found document_removed
        erasure_not_found hold_not_found impact_report_not_found import_not_found keeping_not_found
        incident_not_found job_not_found not_found passage_not_found purpose_not_found
        question_set_not_found retention_class_unknown set_question_not_found site_not_found
        source_not_found subject_request_not_found synonym_not_found version_not_found
        view_not_found webhook_not_found""",
    "the object is in a state that does not allow the act": """
        article_discarded audit_empty claim_needs_person customer_has_no_cpf erasure_changed
        erasure_needs_second_person erasure_not_planned hold_released identity_not_proven
        identity_proven_already impact_report_approved import_not_previewed incident_closed
        incident_known_already incident_letter_incomplete incident_nobody_to_tell
        incident_agency_untold incident_not_communicable
        merge_kinds_differ merge_with_itself model_not_set
        model_set_by_server notice_answer_partial notice_not_due notice_sources_differ
        queue_is_default request_ended request_move_not_allowed review_asked_already
        review_done_already review_missing review_not_found ticket_closed
        ticket_merge_people_differ ticket_merged ticket_reopen_too_late ticket_snooze_ended""",
    "somebody else changed it meanwhile": "changed_meanwhile ticket_moved_on words_changed",
    "there are too many, or too soon": """
        calendar_feeds_full customer_field_limit rate_limited sign_in_delayed synonym_too_many
        too_many_unproven""",
    "only a program can send this; the page's own form does not": """
        body_invalid cursor_invalid evaluation_run_invalid evaluation_runs_differ
        gate_unknown_figure idempotency_key_invalid idempotency_key_reused
        high_risk_question_unknown incident_question_unknown merge_field_unknown
        metadata_too_large
        readmission_without_reason response_too_large search_invalid_limit
        index_nothing_to_add too_many_members""",
    "its fields are named in the error itself": """
        customer_invalid incident_questions_missing small_agent_untested
        merge_identifiers_differ request_invalid
        text_missing text_too_long""",
}
NO_FIELD = {code: why for why, codes in OF_NO_FIELD.items() for code in codes.split()}
# Named by use-cases that forms reach, and typed in none of them, or a button's own value.
NOT_TYPED = {
    "acao",
    "best_interest",
    "desde",
    "external_id",
    "metadata",
    "name",
    "nota",
    "note",
    "answer",
    "priority",
    "proof",
    "representative_name",
    "subject",
    "tags",
    "tipo",
    "title",
    "until",
    "wanted",
}
SOMETHING = ["x"]
Sent = Mapping[str, list[str]]


@pytest.mark.slow
async def test_every_form_marks_the_field_that_an_error_speaks_of(
    settings: Settings, database: Database
) -> None:
    found = await prepare_samples(database)
    routes = [
        (context.original_route.path_regex, context.methods or (), context.original_route.endpoint)
        for context in iter_route_contexts(create_app(settings).routes)
    ]
    wrong, forms, pairs = list[str](), set[tuple[str, ...]](), 0
    async with running_api(settings, database) as api:
        clients = {
            role: api.anonymous(headers={"Cookie": f"{COOKIE}={token}"})
            for role, token in found.cookies.items()
        }
        async for page, here in every_page(found, clients, api.anonymous()):
            for method, action, sent in forms_of(page, here):
                endpoint = next(
                    made for path, ways, made in routes if method in ways and path.match(action)
                )
                kind = (method, endpoint.__module__, endpoint.__name__, *sorted(sent))
                if kind in forms:
                    continue
                forms.add(kind)
                for raised in sorted(codes_that_return(endpoint)):
                    pairs += 1
                    wrong += complaints(page, here, action, sent, raised)
    assert wrong == []
    # Fewer would say that the pages or the source were not read.
    assert len(forms) > 90
    assert pairs > 1_200


async def every_page(
    found: Prepared, clients: Mapping[Role, httpx2.AsyncClient], nobody: httpx2.AsyncClient
) -> AsyncIterator[tuple[str, str]]:
    """Give each sample as each role that gets it does, with its address."""
    for sample in found.pages:
        address = sample.address.format(**found.names)
        for client in [nobody] if sample.role is None else clients.values():
            reply = await client.get(address, headers=HTML)
            if reply.status_code == 200 and "<form" in reply.text:
                yield reply.text, urlsplit(address).path


def forms_of(page: str, here: str) -> Iterator[tuple[str, str, Sent]]:
    """Give the forms of a page that somebody types in: method, address, something in each field."""
    for form in document_fromstring(page).iter("form"):
        method = (form.get("method") or "get").upper()
        controls = [one for one in form.iter("input", "select", "textarea") if one.get("name")]
        typed = {one.get("name"): SOMETHING for one in controls if one.get("type") != "hidden"}
        hidden = {one.get("name"): [one.get("value", "")] for one in controls}
        if typed and method != "DIALOG":
            yield method, urlsplit(form.get("action") or here).path, hidden | typed


def codes_that_return(endpoint: Any) -> set[Raised]:
    """Give the codes that bring a route's form back, with the field that the source names."""
    return {
        (code, field)
        for code, field in codes_of(endpoint.__module__, endpoint.__name__)
        if 400 <= message_for(code).status < 500 and message_for(code).status not in NOT_THE_FORM
    }


def complaints(page: str, here: str, action: str, sent: Sent, raised: Raised) -> Iterator[str]:
    """Say what an error would leave unmarked in a form, or mark for nothing."""
    code, field = raised
    typed = {name for name, values in sent.items() if values == SOMETHING}
    if code not in BLAMED and code not in NO_FIELD:
        yield f"{code} is neither of a field nor of none ({action})"
        return
    told = {"field": field, "reason": "não serve"} if field else {}
    text = give_back(page, here, action, sent, AppError(code, **told))
    marked = {one.get("name") for one in marked_in(text)}
    if field:
        if not marked and field not in NOT_TYPED:
            yield f"{code} about {field} marks nothing in {action}"
    elif code in NO_FIELD:
        if marked:
            yield f"{code} is of no field and marks {marked} in {action}"
    elif bool(marked) == typed.isdisjoint(BLAMED[code]) or not marked <= set(BLAMED[code]):
        yield f"{code} marks {marked} in {action}"


def marked_in(text: str) -> Iterator[HtmlElement]:
    """Give the fields that are marked, each with its words beside it."""
    page = document_fromstring(text)
    for one in page.xpath("//*[@aria-invalid='true']"):
        notes = [page.get_element_by_id(note) for note in one.get("aria-describedby").split()]
        assert any(note.get("class") == "field-error" and note.text for note in notes)
        yield one
