"""What an answer holds beyond OpenAI's form."""

from cogep_assist.rag_service.openai_schemas import AnswerFacts
from cogep_assist.rag_service.schemas import AskReply


def facts_of(reply: AskReply) -> AnswerFacts:
    """Return an answer's ids, how it was understood, its citations, and what was lacking."""
    return AnswerFacts(
        answer_id=str(reply.id),
        conversation_id=str(reply.conversation_id),
        abstained=reply.abstained,
        mode=reply.mode.value,
        resolved_question=reply.resolved_question,
        citations=reply.citations,
        closest=reply.closest,
        lacking=reply.lacking,
    )
