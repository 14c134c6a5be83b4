"""What a model wrote and the check let stand, in the form in which it is told and kept."""

from typing import Any
from uuid import UUID

from cogep_assist.answering.generate import Quote, WritingEnd, WrittenSentence
from cogep_assist.core.models import Citation
from cogep_assist.rag_service.schemas import CitationReply


class Written:
    """Sentences with their citations, numbered in the order in which they are first cited."""

    def __init__(self, model: str, prompt_version: str) -> None:
        self.model = model
        self.prompt_version = prompt_version
        self.notice_code: str | None = None
        self.rows: list[dict[str, Any]] = []
        self._numbers: dict[tuple[UUID, int, int], int] = {}
        self._quotes: list[Quote] = []

    def add(self, sentence: WrittenSentence) -> tuple[dict[str, Any], bool]:
        """Take a sentence; return its row, and whether it brought a new citation."""
        before = len(self._quotes)
        numbers = sorted({self._number(quote) for quote in sentence.quotes})
        row = {
            "text": sentence.text,
            "citations": numbers,
            "bullet": sentence.bullet,
            "new_line": sentence.new_line and bool(self.rows),
        }
        self.rows.append(row)
        return row, len(self._quotes) > before

    def end(self, end: WritingEnd) -> None:
        """Take how the writing ended."""
        if end.notice_code and (self.rows or end.notice_code == "llm_nothing_supported"):
            self.notice_code = end.notice_code

    @property
    def quoted_versions(self) -> dict[UUID, UUID]:
        """Version by document, of all that is quoted."""
        return {quote.hit.document_id: quote.hit.version_id for quote in self._quotes}

    @property
    def quoted_passages(self) -> set[UUID]:
        """The passages of all that is quoted."""
        return {quote.hit.chunk_id for quote in self._quotes}

    @property
    def collection_ids(self) -> set[UUID]:
        """The collections of all that is quoted."""
        return {quote.hit.collection_id for quote in self._quotes}

    @property
    def citations(self) -> list[CitationReply]:
        """The citations as they are told."""
        return [
            CitationReply(
                n=number,
                document_id=quote.hit.document_id,
                version=quote.hit.version,
                chunk_id=quote.hit.chunk_id,
                title=quote.hit.title,
                uri=quote.hit.uri,
                page=quote.hit.page,
                quote=quote.text,
                start=quote.start,
                end=quote.end,
            )
            for number, quote in enumerate(self._quotes, 1)
        ]

    def citation_rows(self, answer_id: UUID) -> list[Citation]:
        """The citations as they are kept."""
        return [
            Citation(
                answer_id=answer_id,
                number=number,
                document_id=quote.hit.document_id,
                version=quote.hit.version,
                chunk_id=quote.hit.chunk_id,
                page=quote.hit.page,
                start_offset=quote.start,
                end_offset=quote.end,
                quote=quote.text,
            )
            for number, quote in enumerate(self._quotes, 1)
        ]

    def _number(self, quote: Quote) -> int:
        key = (quote.hit.version_id, quote.start, quote.end)
        if key not in self._numbers:
            self._quotes.append(quote)
            self._numbers[key] = len(self._quotes)
        return self._numbers[key]
