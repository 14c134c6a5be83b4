"""Let a model write an answer, sentence by sentence, each held to the passages before it is told.

What a model writes is not trusted: no sentence leaves here that the passages do not support, no
link but a cited source's own address, no image, no markup.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from cogep_assist.answering.abstain import THRESHOLD, Verdict
from cogep_assist.answering.generate_text import Draft, Sentences, clean_sentence, says_unknown
from cogep_assist.answering.grounding import Grounds, Support
from cogep_assist.answering.prompts import PROMPT_VERSION, build_prompt
from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.core.logging import get_logger
from cogep_assist.integrations.entailment import Entailment
from cogep_assist.integrations.llm import ChatMessage, ChatModel, chat_from_settings
from cogep_assist.integrations.privacy_gateway import Guard, Records
from cogep_assist.retrieval.hit import Findings, Hit

log = get_logger(__name__)

MOST_SENTENCES = 20
MOST_CHARS = 12_000
# A model reads what words alone cannot match: it is asked below the threshold of the extracted
# answer, though not where the search found next to nothing.
LEAST_CONFIDENCE = THRESHOLD / 3

LEAST_ENTAILMENT = 0.5


@dataclass(frozen=True, slots=True)
class Quote:
    """A literal piece of a version: ``text`` is ``start:end`` of the version's text."""

    hit: Hit
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence that its quotes support."""

    text: str
    quotes: tuple[Quote, ...]
    bullet: bool = False
    new_line: bool = False


@dataclass(frozen=True, slots=True)
class WritingEnd:
    """How the writing ended: sentences told and dropped, and what the reader should know."""

    told: int
    dropped: int
    notice_code: str | None = None


class AnswerWriter:
    """Writes answers by one model; ``refusal`` is why it may not, where it may not."""

    def __init__(
        self,
        model: ChatModel | None,
        *,
        passages: int = 8,
        entailment: Entailment | None = None,
        refusal: AppError | None = None,
    ) -> None:
        self._model = model
        self._entailment = entailment
        self._passages = passages
        self._refusal = refusal

    @property
    def model_name(self) -> str:
        """The model's name as it is kept with its answers."""
        return self._model.name if self._model else ""

    @property
    def prompt_version(self) -> str:
        """The version of the words that the model is told."""
        return PROMPT_VERSION

    def worth_writing(self, findings: Findings, verdict: Verdict) -> bool:
        """Tell whether the passages may hold an answer at all."""
        return bool(findings.hits) and verdict.confidence >= LEAST_CONFIDENCE

    async def write(
        self, question: str, hits: Sequence[Hit], *, conversation_id: UUID | None = None
    ) -> AsyncGenerator[WrittenSentence | WritingEnd]:
        """Yield each sentence once it is checked, then how it ended.

        Closing the generator hangs up on the model. Raises what ``ChatModel.stream`` raises and
        the refusal of the settings.
        """
        passages = list(hits[: self._passages])
        messages = [ChatMessage(m.role, m.content) for m in build_prompt(question, passages)]
        model = self._ready()
        # Reading the passages for the check takes place while the model reads them too.
        grounds = asyncio.create_task(asyncio.to_thread(Grounds, passages, question))
        try:
            async with (
                aclosing(_drafts(model, messages, conversation_id)) as drafts,
                aclosing(_checked(drafts, grounds, passages, self._entailment)) as checked,
            ):
                async for item in checked:
                    yield item
        finally:
            grounds.cancel()

    async def complete(
        self,
        messages: Sequence[ChatMessage],
        *,
        max_tokens: int = 200,
        conversation_id: UUID | None = None,
    ) -> str:
        """Return what the model writes to messages of one's own, unchecked: tell nobody as it is.

        Raises as ``write``.
        """
        return await self._ready().complete(
            messages, max_tokens=max_tokens, conversation_id=conversation_id
        )

    async def aclose(self) -> None:
        """Close every connection."""
        if self._model:
            await self._model.aclose()
        if self._entailment:
            self._entailment.close()

    def _ready(self) -> ChatModel:
        if self._model is None:
            raise self._refusal or AppError("llm_unavailable")
        return self._model


def writer_from_settings(
    settings: Settings, records: Records, guard: Guard | None = None
) -> AnswerWriter | None:
    """Return the writer that is set, or None where answers are extracted (the default).

    One that may not be used is returned all the same: it refuses each answer with the reason,
    and the product runs on.
    """
    try:
        model = chat_from_settings(settings, records, guard)
    except AppError as refusal:
        log.warning("model_refused", code=refusal.code)
        return AnswerWriter(None, refusal=refusal)
    if model is None:
        return None
    try:
        entailment = Entailment(settings.nli_path) if settings.nli_path else None
    except AppError as refusal:
        # Who asked for a second check is not to get answers without it.
        log.warning("entailment_model_refused", code=refusal.code)
        return AnswerWriter(None, refusal=refusal)
    return AnswerWriter(model, passages=settings.llm_passages, entailment=entailment)


async def _checked(
    drafts: AsyncGenerator[Draft | str],
    grounds: asyncio.Task[Grounds],
    passages: Sequence[Hit],
    entailment: Entailment | None,
) -> AsyncGenerator[WrittenSentence | WritingEnd]:
    told = dropped = 0
    notice: str | None = None
    said: set[str] = set()
    async for draft in drafts:
        if isinstance(draft, str):
            notice = draft
            continue
        if says_unknown(draft.text):
            continue
        sentence = await _supported(draft, await grounds, passages)
        if sentence is not None and entailment is not None:
            sentence = await _entailed(sentence, entailment)
        if sentence is None:
            dropped += 1
        elif sentence.text not in said and told < MOST_SENTENCES:
            told += 1
            said.add(sentence.text)
            yield sentence
    if dropped:
        log.info("sentences_dropped", dropped=dropped, told=told)
    if not told and dropped:
        notice = "llm_nothing_supported"
    yield WritingEnd(told, dropped, notice)


async def _drafts(
    model: ChatModel, messages: Sequence[ChatMessage], conversation_id: UUID | None
) -> AsyncGenerator[Draft | str]:
    """Yield whole sentences as the model ends them, then a notice's code if it was cut short."""
    sentences = Sentences()
    size = 0
    reason: str | None = None
    async with aclosing(model.stream(messages, conversation_id=conversation_id)) as pieces:
        async for piece in pieces:
            size += len(piece.text)
            reason = piece.finish_reason or reason
            for draft in sentences.feed(piece.text):
                yield draft
            if size > MOST_CHARS:
                reason = "length"
                break
    # The last sentence of an answer that was cut is not whole: it may lack its "exceto".
    for draft in sentences.finish(whole=reason != "length"):
        yield draft
    if reason == "length":
        yield "llm_answer_cut"


async def _supported(
    draft: Draft, grounds: Grounds, passages: Sequence[Hit]
) -> WrittenSentence | None:
    cited = [passages[place] for place in draft.cited if 0 <= place < len(passages)]
    text = clean_sentence(draft.text, allowed={hit.uri for hit in cited if hit.uri})
    if text is None:
        return None
    support: Support = await asyncio.to_thread(
        grounds.support, text, draft.cited, item=draft.bullet
    )
    if not support.supported:
        return None
    quotes = tuple(
        Quote(
            hit=(hit := passages[span.passage]),
            start=hit.start + span.start,
            end=hit.start + span.end,
            text=hit.text[span.start : span.end],
        )
        for span in support.spans
    )
    return WrittenSentence(text, quotes, draft.bullet, draft.new_line)


async def _entailed(sentence: WrittenSentence, entailment: Entailment) -> WrittenSentence | None:
    """Keep a sentence that follows from its quotes in the eyes of the model as well."""
    hit = sentence.quotes[0].hit
    quoted = " ".join(quote.text for quote in sentence.quotes)
    premise = f"{hit.title}. {hit.heading}. {quoted}"
    likely = await entailment.probability(premise, sentence.text)
    return sentence if likely >= LEAST_ENTAILMENT else None
