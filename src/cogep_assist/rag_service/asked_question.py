"""What is asked: the words as typed, what they mean after the turns before, and where to look."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.models import Courtesy
from cogep_assist.core.principal import Act, Principal
from cogep_assist.edge.validation_words import invalid_field
from cogep_assist.rag_service.conversations import continue_conversation, earlier_turns
from cogep_assist.rag_service.courtesy import courtesy_of, small_talk, without_courtesy
from cogep_assist.rag_service.followup import Turn, resolve
from cogep_assist.rag_service.schemas import MAX_QUESTION_CHARS
from cogep_assist.rag_service.searchable import searchable_collections


@dataclass(frozen=True, slots=True)
class Understood:
    """What a question means after those before it; ``resolved`` is None where it stands alone."""

    resolved: str | None


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question that was checked and understood; ``resolved`` where it leaned on earlier ones.

    ``courtesy`` where it asks nothing that could be looked up.
    """

    question: str
    resolved: str | None
    collections: Sequence[UUID]
    conversation_id: UUID
    courtesy: Courtesy | None = None

    @property
    def looked_for(self) -> str:
        """The words to search and to answer by."""
        return self.resolved or self.question


async def prepare_question(
    session: AsyncSession,
    principal: Principal,
    question: str,
    *,
    collection: str | None,
    conversation_id: UUID | None,
    history: Sequence[Turn] = (),
    understood: Understood | None = None,
) -> AskedQuestion:
    """Check a question and understand it by its conversation, begun now if none is given.

    ``history`` is what a client that keeps its own conversation says came before; it is read and
    not kept. ``understood`` is what a model made of the question beforehand.
    Raises AppError("role_not_allowed"|"collection_not_found"|"conversation_not_found"|
    "request_invalid").
    """
    principal.require(Act.ASK)
    text = _checked(question)
    collections = await searchable_collections(session, principal, collection)
    conversation = await continue_conversation(session, principal, conversation_id)
    if talk := small_talk(text):
        return AskedQuestion(text, None, collections, conversation, talk)
    plain = without_courtesy(text)
    if understood is None:
        turns = list(history)
        if conversation_id is not None:
            turns = await earlier_turns(session, conversation)
        understood = Understood(resolve(plain, turns))
    resolved = understood.resolved or (plain if plain != text else None)
    # What names nothing may still be understood by what came before.
    unclear = courtesy_of(text) if resolved is None else None
    return AskedQuestion(text, resolved, collections, conversation, unclear)


def _checked(question: str) -> str:
    text = _without_runs(question)
    if not text or len(text) > MAX_QUESTION_CHARS:
        raise invalid_field("question", f"deve ter de 1 a {MAX_QUESTION_CHARS} caracteres")
    if "\x00" in text:
        raise invalid_field("question", "contém o caractere nulo")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise invalid_field("question", "contém caracteres que não são texto válido") from None
    return text


def _without_runs(question: str) -> str:
    """Return a question with single blanks and no more than one empty line at a place.

    Nobody means anything by a thousand blanks, and patterns would try each of them.
    """
    lines = [" ".join(line.split()) for line in question.strip().splitlines()]
    return "\n".join(line for before, line in pairwise(["", *lines]) if line or before)
