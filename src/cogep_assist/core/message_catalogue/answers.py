"""Messages about questions and answers."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "conversation_not_found": Message(
        404,
        "Esta conversa não existe ou não é sua.",
        "Ela pode ter sido apagada, por quem a fez ou no fim do prazo. Pergunte de novo, sem ela, "
        "para começar outra.",
    ),
    "document_changed_meanwhile": Message(
        503,
        "Um documento citado mudou enquanto a resposta era escrita.",
        "Faça a pergunta de novo.",
        retryable=True,
    ),
    "answer_not_found": Message(
        404, "Esta resposta não existe ou não é sua.", "Faça a pergunta de novo."
    ),
    "notice_answer_partial": Message(
        409,
        "Resposta parcial: {lacking}",
        "Pergunte o que falta com outras palavras, ou fale com um atendente.",
    ),
    "notice_sources_differ": Message(
        409,
        "Os documentos não dizem o mesmo sobre isso: {titles}.",
        "Compare as fontes e confira com quem cuida do assunto qual delas vale.",
    ),
    "gap_not_found": Message(
        404,
        "Esta lacuna não existe, ou alguma das coleções dela não está ao seu alcance.",
        "Veja as lacunas abertas com “cogep gaps list” ou GET /gaps.",
    ),
    "gap_already_closed": Message(
        409, "Esta lacuna já não está aberta.", "Reabra-a antes, se ela ainda interessa."
    ),
    "gap_already_open": Message(409, "Esta lacuna já está aberta.", "Nada a fazer."),
}
