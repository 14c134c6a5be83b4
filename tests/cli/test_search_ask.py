"""``cogep search`` and ``cogep ask``: what is found, with its place; what is not, said so."""

import asyncio
from collections.abc import Callable

import pytest
from cogep_command import Cogep
from published import publish
from sqlalchemy.engine import URL

from cogep_assist.cli.highlight import snippet
from cogep_assist.core.db import Database

LEAVE = (
    "As férias dos servidores são de trinta dias por ano.\n\n"
    "O adicional de férias corresponde a um terço da remuneração."
)
SENTENCE = "As férias dos servidores são de trinta dias por ano."
QUESTION = "Quantos dias de férias têm os servidores?"


@pytest.fixture
def put(database_url: URL) -> Callable[..., None]:
    def publish_now(text: str, title: str, **options: str) -> None:
        async def work() -> None:
            database = Database(database_url, pool_size=1)
            await publish(database, text, title, **options)  # type: ignore[arg-type]
            await database.close()

        asyncio.run(work())

    return publish_now


def test_shows_passages_with_title_and_score(cogep: Cogep, put: Callable[..., None]) -> None:
    put(LEAVE, "Guia de férias")
    shown = cogep("search", "adicional de ferias")
    assert shown.status == 0
    assert "1. Guia de férias  1,000" in shown.out
    assert "um terço" in shown.out
    assert "1 trecho em" in shown.out
    found = cogep("search", "adicional", "-k", "1", "--json").json
    assert set(found) == {"query", "took_ms", "results", "warnings"}
    assert found["results"][0]["title"] == "Guia de férias"


def test_says_when_nothing_is_found(cogep: Cogep) -> None:
    assert "Nada encontrado." in cogep("search", "férias").out
    assert cogep("search", "férias", "--json").json["results"] == []


def test_answers_with_marks_and_sources(cogep: Cogep, put: Callable[..., None]) -> None:
    put(LEAVE, "Guia de férias")
    shown = cogep("ask", QUESTION)
    assert shown.status == 0
    assert f"{SENTENCE} [1]" in shown.out
    assert "Fontes" in shown.out
    assert "[1] Guia de férias" in shown.out
    assert f"“{SENTENCE}”" in shown.out
    assert "cogep documents show" in shown.out


def test_a_source_is_a_link_where_people_reach_the_pages(
    cogep: Cogep, put: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(LEAVE, "Guia de férias")
    monkeypatch.setenv("COGEP_PUBLIC_URL", "https://atendimento.exemplo.gov.br/")
    shown = cogep("ask", QUESTION).out
    assert "https://atendimento.exemplo.gov.br/documentos/" in shown
    assert f"?inicio=0&fim={len(SENTENCE)}#trecho" in shown


def test_abstains_in_words_and_exits_well(cogep: Cogep, put: Callable[..., None]) -> None:
    put(LEAVE, "Guia de férias")
    shown = cogep("ask", "Qual a raiz quadrada do hipopótamo?")
    assert shown.status == 0
    assert "Não encontrei" in shown.out
    assert "Fontes" not in shown.out
    assert cogep("ask", "Qual a raiz do hipopótamo?", "--json").json["abstained"] is True
    assert "Você quis dizer: Qual a raiz do adicional?" in cogep(
        "ask", "Qual a raiz do adiciomal?"
    ).out.replace("\n", " ")


@pytest.mark.parametrize("command", ["ask", "search"])
def test_looks_into_one_collection(cogep: Cogep, put: Callable[..., None], command: str) -> None:
    put(LEAVE, "Guia de férias", collection="rh")
    put("Nada a ver.", "Outro", collection="ti")
    assert "Guia" in cogep(command, QUESTION, "-c", "rh").out
    assert "Guia" not in cogep(command, QUESTION, "-c", "ti").out
    failed = cogep(command, QUESTION, "-c", "nenhuma")
    assert (failed.status, "[collection_not_found]" in failed.err) == (1, True)


@pytest.mark.parametrize("question", ["", "   ", "a" * 5000, "a\ud800"])
def test_a_bad_question_is_refused(cogep: Cogep, question: str) -> None:
    failed = cogep("ask", question)
    assert (failed.status, "[request_invalid]" in failed.err) == (1, True)


def test_a_document_cannot_drive_the_terminal(cogep: Cogep, put: Callable[..., None]) -> None:
    put(
        "As férias \x1b[31msão\x1b[0m de \u202etrinta dias\x07.",
        "Guia \x1b]0;x\x07 de [bold]férias",
    )
    for shown in (cogep("search", "férias").out, cogep("ask", "Quantos dias de férias?").out):
        assert not {"\x1b", "\x07", "\u202e"} & set(shown)
        assert "[bold]férias" in shown or "Não encontrei" in shown


def test_the_snippet_holds_the_words_and_cuts_none() -> None:
    text = "palavra " * 200 + "o adicional de férias é um terço " + "outra " * 200
    shown = snippet(text, "Adicional de férias")
    assert shown.plain.startswith("… palavra")
    assert shown.plain.endswith("outra …")
    marked = {shown.plain[span.start : span.end] for span in shown.spans}
    assert marked == {"adicional", "férias"}
    assert len(shown.plain) < 340
    assert snippet("curto", "nada").plain == "curto"
    assert snippet("x" * 1000, "x").plain
