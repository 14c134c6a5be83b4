"""What the index and the search have to say."""

from cogep_assist.core.message import Message

MESSAGES = {
    "index_nothing_to_add": Message(
        422,
        "O documento não tem nenhum trecho de texto para indexar.",
        "Confira se o arquivo tem texto e envie de novo.",
    ),
    "index_document_too_long": Message(
        413,
        "O documento tem {passages} trechos; o limite é {limit}.",
        "Divida o documento em partes menores e envie cada uma.",
    ),
    "search_index_busy": Message(
        503,
        "O índice mudou várias vezes durante a busca.",
        "Repita a busca em alguns segundos.",
        retryable=True,
    ),
    "search_invalid_limit": Message(
        422,
        "O número de resultados pedido ({limit}) está fora do intervalo de 1 a {most}.",
        "Peça uma quantidade dentro desse intervalo.",
    ),
}
