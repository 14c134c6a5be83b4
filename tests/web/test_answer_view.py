"""An answer is arranged as its document has it: tables as tables, and what was asked for bold."""

from datetime import UTC
from uuid import UUID

from cogep_assist.core.models import AnswerMode
from cogep_assist.rag_service.schemas import AnswerSentenceReply, AskReply
from cogep_assist.web.answer_view import answer_view
from cogep_assist.web.rendering import _environment
from cogep_assist.web.widget_events import _rows

ONE = UUID(int=1)
HEADER = "Mês da folha | Fechamento | Data do pagamento"
ROW = "Setembro <b> | 10/09/2027 | 04/10/2027"
SENTENCE = "A folha fecha no dia 12."


def test_rows_are_a_table_and_what_was_asked_for_stands_out() -> None:
    start = ROW.index("04/10")
    reply = AskReply(
        id=ONE,
        conversation_id=ONE,
        answer=f"{SENTENCE}\n{HEADER}\n{ROW}\n{HEADER}\n{ROW}",
        abstained=False,
        sentences=[
            AnswerSentenceReply(text=SENTENCE, citations=[], emphasis=(17, 23)),
            AnswerSentenceReply(text=HEADER, citations=[], table="header"),
            AnswerSentenceReply(text=ROW, citations=[], emphasis=(start, start + 10), table="row"),
            AnswerSentenceReply(text=HEADER, citations=[], table="header"),
            AnswerSentenceReply(text=ROW, citations=[], table="row"),
        ],
        citations=[],
        closest=[],
        unknown_words=[],
        mode=AnswerMode.EXTRACTIVE,
        took_ms=1,
    )
    template = _environment().get_template("ask/_turn.html")
    answer = answer_view("Quando?", reply)
    page = template.render(answer=answer, csrf_token="", zone=UTC, now=None, principal=None)
    assert "A folha fecha no <strong>dia 12</strong>." in page
    assert page.count("<table>") == page.count("</tbody>") == page.count("</thead>") == 2
    assert '<th scope="col">Data do pagamento</th>' in page
    assert "<td>Setembro &lt;b&gt;</td><td>10/09/2027</td>" in page
    assert page.count("<td><strong>04/10/2027</strong></td>") == 1


def test_rows_that_say_their_heads_stand_under_them_and_one_alone_from_above_to_below() -> None:
    rows = (
        "Destino: Brasília | Diária: 581,00 | Prazo: 5 dias",
        "Destino: Natal | Diária: 412,00",
        "Destino, Diária: Total | Prazo: 9 dias",
    )

    def page(*texts: str) -> str:
        sentences = [AnswerSentenceReply(text=text, citations=[], table="row") for text in texts]
        start = texts[0].index("581,00")
        sentences[0].emphasis = (start, start + 6)
        reply = AskReply(
            id=ONE,
            conversation_id=ONE,
            answer="\n".join(texts),
            abstained=False,
            sentences=sentences,
            citations=[],
            closest=[],
            unknown_words=[],
            mode=AnswerMode.EXTRACTIVE,
            took_ms=1,
        )
        template = _environment().get_template("ask/_turn.html")
        shown = answer_view("Quanto?", reply)
        told = template.render(answer=shown, csrf_token="", zone=UTC, now=None, principal=None)
        lines = shown.blocks[0]
        assert [row["head"] for row in _rows(lines)] == (
            [True, False, False, False] if len(texts) == 3 else [False] * 3
        )
        return told

    several = page(*rows)
    assert '<th scope="col">Destino</th><th scope="col">Diária</th><th scope="col">Prazo</th>' in (
        several
    )
    assert "<td>Brasília</td><td><strong>581,00</strong></td><td>5 dias</td>" in several
    assert "<td>Natal</td><td>412,00</td><td></td>" in several
    assert "<td>Total</td><td></td><td>9 dias</td>" in several
    alone = page(rows[0])
    assert '<th scope="row">Diária</th><td><strong>581,00</strong></td>' in alone
    other = page(rows[0], "Ramal: 2101 | Setor: Férias")
    assert other.count("<table>") == 2
