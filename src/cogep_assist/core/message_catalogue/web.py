"""Messages of the web pages."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "passage_invalid": Message(
        422,
        "O trecho pedido não existe neste texto.",
        "Abra o documento de novo a partir da resposta que o cita.",
    ),
    "question_empty": Message(
        422, "A pergunta está em branco.", "Escreva o que você quer saber e envie de novo."
    ),
    "question_too_long": Message(
        422,
        "A pergunta passa de {limit} caracteres.",
        "Resuma a pergunta; o contexto longo pode virar um documento da base.",
    ),
}
