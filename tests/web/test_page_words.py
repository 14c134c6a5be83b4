"""Nobody who looks at a page is told to send a header, to call an address or to type a command."""

import importlib
import pkgutil
import re

import pytest

from cogep_assist.core import message_catalogue
from cogep_assist.core.errors import AppError
from cogep_assist.core.message import Message
from cogep_assist.core.messages import catalogue
from cogep_assist.web.page_remedies import REMEDIES, TEXTS
from cogep_assist.web.page_words import page_message, page_problem

# What programs and whoever types commands understand.
PROGRAMS_WORDS = re.compile(
    r"“cogep|\bcogep (?!Assist)[a-z]+|\b(?:GET|POST|PUT|PATCH|DELETE) /|--[a-z]|\bCOGEP_"
    r"|DATABASE_URL|POSTGRES_|If-Match|Idempotency|Authorization|On-Behalf|Content-|\bcursor\b"
    r"|multipart|\bcurl\b|\bJSON\b|ASCII|/openapi|\bETag\b|/v1/|“[a-z]+(?:_[a-z]+)+”"
    r"|identificador|\bAPI\b|challenge"
)
# A field of the API's, named as it is there; these words are Portuguese.
FIELD = re.compile(r"“(?!(?:de|para|pergunta|resposta|documento)”)[a-z_]+”")
# A list of what there is, each as programs call it. These are called as people call them.
LISTED = "{known}"
LISTED_FOR_PEOPLE = {"search_type_unknown", "template_place_unknown"}
# Rooms of commands, of the server's own start, and of programs that ask in their own shape.
NO_PAGE_SHOWS = {"cli", "setup", "doctor", "doctor_database", "openai"}
# The same, one by one, in rooms that pages share.
ONLY_BY_COMMAND = {
    "broker_missing",
    "database_settings_incomplete",
    "evaluation_file_missing",
    "evaluation_no_judgement",
    "evaluation_run_invalid",
    "import_map_invalid",
    "import_unmapped",
    "pii_set_unreadable",
    "pii_text_unreadable",
    "public_key_unreadable",
    "restore_confirmation_needed",
    "restore_foreign_item",
    "restore_key_missing",
    "restore_not_empty",
    "restore_while_running",
    "scaled_out_needs_database",
    "secret_key_in_setting",
    "signature_invalid",
}


def shown() -> dict[str, Message]:
    """Every message that a page may show."""
    found: dict[str, Message] = {}
    for module in pkgutil.iter_modules(message_catalogue.__path__):
        if module.name not in NO_PAGE_SHOWS:
            room = importlib.import_module(f"{message_catalogue.__name__}.{module.name}")
            found |= room.MESSAGES
    return {code: message for code, message in found.items() if code not in ONLY_BY_COMMAND}


def test_pages_say_what_a_person_can_do() -> None:
    assert len(shown()) > 400
    told = {code: page_problem(AppError(code)) for code in shown()}
    wrong = {
        code: problem
        for code, problem in told.items()
        if PROGRAMS_WORDS.search(said := f"{problem.text} {problem.remedy}") or FIELD.search(said)
    }
    assert wrong == {}, "say in web/page_remedies.py what whoever looks at a page does instead"
    assert (REMEDIES.keys() | TEXTS.keys()) - catalogue().keys() == set()


def test_no_page_lists_what_programs_call_things() -> None:
    wrong = {
        code
        for code, message in shown().items()
        if LISTED in REMEDIES.get(code, message.remedy) and code not in LISTED_FOR_PEOPLE
    }
    assert wrong == set(), "a list of codes is for programs: say where people choose"


@pytest.mark.parametrize("code", ["cursor_invalid", "if_match_invalid", "queue_not_found"])
def test_a_remedy_for_programs_would_be_noticed(code: str) -> None:
    assert PROGRAMS_WORDS.search(catalogue()[code].remedy)


def test_a_message_put_together_elsewhere_gets_its_remedy_in_a_page_s_words() -> None:
    crashed = page_message(AppError("worker_crashed").message)
    assert crashed.startswith("O trabalhador caiu três vezes")
    assert "cogep jobs" not in crashed
    assert "use “Tentar de novo”" in crashed
    port = AppError("url_port_not_allowed", host="a.gov.br", port=81)
    assert page_message(port.message).endswith("peça a quem administra que libere a.gov.br:81.")
    assert page_message("Outra coisa.") == "Outra coisa."
