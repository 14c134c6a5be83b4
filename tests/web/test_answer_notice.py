"""The page of an answer says why no model wrote it."""

from datetime import UTC
from uuid import UUID

from cogep_assist.core.models import AnswerMode
from cogep_assist.rag_service.schemas import AskReply, NoticeReply
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


def _page(answer: AnswerView) -> str:
    template = _environment().get_template("ask/_turn.html")
    return template.render(answer=answer, csrf_token="", zone=UTC, now=None, principal=None)
