"""The inventory of documents, questions, answers, the queue and the index."""

from collections.abc import Mapping

from cogep_assist.lgpd_service.subject_data.rules import (
    TableRule,
    acted_only,
    by_actor,
    eliminated,
    named_by,
    of,
    rebuilt,
    redacted,
)

_FROM_TEXT = "é refeito a partir do texto já sem o titular"

AI: Mapping[str, TableRule] = {
    "ai.conversation": eliminated("Conversas", by_actor("owner")),
    "ai.answer": eliminated("Perguntas e respostas", of("ai.conversation", "conversation_id")),
    "ai.citation": eliminated("Citações", of("ai.answer", "answer_id")),
    "ai.answer_feedback": eliminated(
        "Opiniões sobre respostas", of("ai.answer", "answer_id"), by_actor("owner")
    ),
    "ai.answer_notice": eliminated("Avisos de resposta", of("ai.answer", "answer_id")),
    "ai.gap": acted_only("Lacunas"),
    "ai.gap_ask": rebuilt("Perguntas das lacunas", _FROM_TEXT),
    "ai.document": redacted("Documentos"),
    "ai.document_version": redacted("Textos dos documentos"),
    "ai.blob": eliminated(
        "Arquivos originais",
        named_by("crm.ticket_attachment", "blob_id"),
        named_by("crm.inbound_mail", "blob_id"),
    ),
    "ai.chunk": rebuilt("Trechos", _FROM_TEXT),
    "ai.hidden_passage": acted_only("Trechos fora das respostas"),
    "ai.chunk_embedding": rebuilt("Vetores", _FROM_TEXT),
    "ai.acronym_use": rebuilt("Siglas", _FROM_TEXT),
    "ai.lexical_segment": rebuilt("Índice de busca", _FROM_TEXT),
    "ai.lexical_posting": rebuilt("Termos do índice", _FROM_TEXT),
    "ai.ingestion_queue": redacted("Fila de ingestão"),
    "ai.ingestion_archive": redacted("Fila arquivada"),
    "ai.source": redacted("Fontes seguidas"),
    "ai.source_item": redacted("Itens das fontes"),
    "ai.question_set": redacted("Conjuntos de perguntas"),
    "ai.set_question": redacted("Perguntas de gabarito"),
    "ai.synonym": acted_only("Sinônimos"),
}
