"""Write an answer as a chat message: marks after its sentences, footnotes, and its length. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from cogep_assist.rag_service.openai_schemas import Annotation, UrlCitation, Usage
from cogep_assist.rag_service.schemas import AskReply, CitationReply, ClosestDocument

FOOTNOTES = "\n\nFontes:\n"
CLOSEST = "\n\nDocumentos mais próximos:\n"
_PIECE = re.compile(r"\w+|[^\w\s]")
_TAIL = re.compile(r"[\s•]*$")
_TITLE_CHARS = 200


@dataclass(slots=True)
class ContentWriter:
    """Put marks after sentences as they come, and remember where each stands.

    ``most_pieces`` cuts the answer as ``max_tokens`` does; the footnotes come nevertheless.
    ``stops`` end all that is written, footnotes too: nothing holds what the client stops at.
    """

    base: str
    most_pieces: int | None = None
    stops: tuple[str, ...] = ()
    cut: bool = False
    _stopped: bool = False
    _recent: str = ""
    _length: int = 0
    _pieces: int = 0
    _marks: list[tuple[int, int, int]] = field(default_factory=list)

    def add(self, text: str, citations: Iterable[int]) -> str:
        """Return a sentence with its marks, which stand before the space that follows it."""
        if self.cut or self._stopped:
            return ""
        # The mark of the next item of a list comes with the end of the one before it.
        bare = _TAIL.sub("", text)
        kept = self._within(bare)
        written = kept
        if not self.cut:
            for number in citations:
                mark = f"[{number}]"
                start = self._length + len(written) + 1
                self._marks.append((number, start, start + len(mark)))
                written += f" {mark}"
            written += text[len(bare) :]
        written = self._until_stop(written)
        self._length += len(written)
        self._marks = [mark for mark in self._marks if mark[2] <= self._length]
        return written

    def footnotes(self, reply: AskReply) -> str:
        """Return the list of the sources that the marks name, or of what was near to an answer."""
        return "" if self._stopped else self._until_stop(self._footnotes(reply))

    def annotations(self, citations: Sequence[CitationReply]) -> list[Annotation]:
        """Return the citations with the places of their marks in the content."""
        by_number = {one.n: one for one in citations}
        return [
            Annotation(
                url_citation=UrlCitation(
                    start_index=start,
                    end_index=end,
                    title=_named(by_number[number]),
                    url=self._address(by_number[number]),
                )
            )
            for number, start, end in self._marks
            if number in by_number
        ]

    def _footnotes(self, reply: AskReply) -> str:
        if reply.closest:
            near = [f"• {_named(one)} — {self._address(one)}" for one in reply.closest]
            return CLOSEST + "\n".join(near)
        marked = {number for number, _, _ in self._marks}
        lines = [
            f"[{one.n}] {_named(one)} — {self._address(one)}"
            for one in reply.citations
            if one.n in marked
        ]
        return FOOTNOTES + "\n".join(lines) if lines else ""

    def _within(self, text: str) -> str:
        if self.most_pieces is None:
            return text
        for match in _PIECE.finditer(text):
            if self._pieces == self.most_pieces:
                self.cut = True
                return text[: match.start()].rstrip()
            self._pieces += 1
        return text

    def _until_stop(self, text: str) -> str:
        """Return what comes before the first stop, of which a part may have gone out already."""
        if not self.stops:
            return text
        seen = self._recent + text
        found = [at for at in map(seen.find, self.stops) if at >= 0]
        if found:
            self._stopped = True
            return text[: max(min(found) - len(self._recent), 0)]
        self._recent = seen[-max(map(len, self.stops)) :]
        return text

    def _address(self, place: CitationReply | ClosestDocument) -> str:
        return passage_address(self.base, place.document_id, place.version, place.start, place.end)


def passage_address(base: str, document_id: UUID, version: int, start: int, end: int) -> str:
    """Return the address of the page that shows a passage in its document."""
    path = f"documentos/{document_id}/versoes/{version}"
    return f"{base.rstrip('/')}/{path}?inicio={start}&fim={end}#trecho"


def marked_pieces(reply: AskReply) -> list[tuple[str, list[int]]]:
    """Return an answer's text cut after its sentences, each piece with what it cites."""
    pieces: list[tuple[str, list[int]]] = []
    place = 0
    for sentence in reply.sentences:
        found = reply.answer.find(sentence.text, place)
        if found < 0:
            continue
        end = found + len(sentence.text)
        pieces.append((reply.answer[place:end], sentence.citations))
        place = end
    if place < len(reply.answer):
        pieces.append((reply.answer[place:], []))
    return pieces


def without_footnotes(content: str) -> str:
    """Return a message as it was before marks and footnotes were put to it."""
    bare = content.split(FOOTNOTES, 1)[0].split(CLOSEST, 1)[0]
    return re.sub(r" \[\d{1,3}\]", "", bare)


def usage_of(prompt: str, completion: str, choices: int) -> Usage:
    """Return how long question and answers are, in words and marks."""
    sent, told = (len(_PIECE.findall(text)) for text in (prompt, completion))
    return Usage(
        prompt_tokens=sent,
        completion_tokens=told * choices,
        total_tokens=sent + told * choices,
    )


def _named(place: CitationReply | ClosestDocument) -> str:
    title = " ".join(place.title.split())[:_TITLE_CHARS] or "Documento"
    return f"{title}, p. {place.page}" if place.page else title
