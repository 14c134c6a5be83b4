"""The page of an answer says why no model wrote it."""

from datetime import UTC
from uuid import UUID

from cogep_assist.core.models import AnswerMode
from cogep_assist.rag_service.schemas import AskReply, ClosestDocument, NoticeReply
from cogep_assist.web.answer_view import AnswerView, answer_view
from cogep_assist.web.rendering import _environment

ONE = UUID(int=1)
TOLD = "Esta resposta foi extraída dos documentos: o modelo <não> está disponível."


def test_a_notice_is_shown_and_escaped() -> None:
    reply = AskReply(
        id=ONE,
        conversation_id=ONE,
        answer="São 30 dias.",
        abstained=False,
        sentences=[],
        citations=[],
        closest=[],
        unknown_words=[],
        mode=AnswerMode.EXTRACTIVE,
        notice=NoticeReply(code="llm_unavailable", message=TOLD),
        took_ms=1,
    )
    page = _page(answer_view("Dias?", reply))
    assert "o modelo &lt;não&gt; está disponível" in page
    without = answer_view("Dias?", reply.model_copy(update={"notice": None}))
    assert "extraída" not in _page(without)


def test_a_near_document_is_not_titled_twice() -> None:
    def place(heading: str) -> str:
        near = ClosestDocument(
            document_id=ONE, version=1, title="Férias", uri=None, page=2,
            heading=heading, start=0, end=9,
        )  # fmt: skip
        reply = AskReply(
            id=ONE, conversation_id=ONE, answer="Não sei.", abstained=True, sentences=[],
            citations=[], closest=[near], unknown_words=[], mode=AnswerMode.EXTRACTIVE, took_ms=1,
        )  # fmt: skip
        return answer_view("Dias?", reply).closest[0].detail

    assert place("Férias › Quem tem direito") == "página 2 · Quem tem direito"
    assert place("Férias") == "página 2"
    assert place("Guia › Férias") == "página 2 · Guia › Férias"


def _page(answer: AnswerView) -> str:
    template = _environment().get_template("ask/_turn.html")
    return template.render(answer=answer, csrf_token="", zone=UTC, now=None, principal=None)
