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
    "embed_settings_disagree": Message(
        500,
        "COGEP_EMBED_URL e COGEP_EMBED_PATH estão definidas ao mesmo tempo.",
        "Deixe só uma: o endereço de um serviço ou a pasta de um modelo local.",
    ),
    "onnx_extra_missing": Message(
        500,
        "Um modelo local está definido, mas falta a biblioteca {missing}.",
        "Instale o complemento com “pip install cogep-assist[onnx]” e inicie de novo.",
    ),
    "onnx_folder_missing": Message(
        500,
        "A pasta do modelo local, {folder}, não existe ou não é uma pasta.",
        "Ponha em COGEP_EMBED_PATH, COGEP_RERANK_PATH ou COGEP_NLI_PATH a pasta em que está o "
        "model.onnx, e não o arquivo.",
    ),
    "onnx_file_missing": Message(
        500,
        "Falta {file} na pasta do modelo local, {folder}.",
        "Baixe a forma ONNX do modelo com o tokenizer.json, ou exporte-a para essa pasta.",
    ),
    "onnx_file_unreadable": Message(
        500,
        "O arquivo {file}, do modelo local, não pode ser lido.",
        "Dê ao usuário do serviço permissão de ler a pasta e o arquivo, e confira o disco.",
    ),
    "onnx_model_unfit": Message(
        500,
        "O modelo local em {folder} não pode ser usado: {reason}.",
        "Confira se a cópia está completa, com os pesos (model.onnx_data) quando ficam à parte; "
        "use um modelo de frases ou um reordenador exportado em ONNX com as configurações dele.",
    ),
    "rerank_settings_disagree": Message(
        500,
        "COGEP_RERANK_URL e COGEP_RERANK_PATH estão definidas ao mesmo tempo.",
        "Deixe só uma: o endereço de um serviço ou a pasta de um modelo local.",
    ),
    "rerank_refused": Message(
        502,
        "O reordenador recusou o pedido (código {status}).",
        "Confira COGEP_RERANK_MODEL e COGEP_RERANK_API_KEY.",
    ),
    "rerank_timeout": Message(
        504,
        "O reordenador não respondeu em {seconds} segundos.",
        "Aumente COGEP_RERANK_SECONDS ou diminua COGEP_RERANK_TOP.",
        retryable=True,
    ),
    "rerank_response_invalid": Message(
        502,
        "O reordenador deu uma resposta que não serve: {reason}.",
        "Confira se COGEP_RERANK_URL aponta para um serviço compatível com /v1/rerank.",
    ),
    "search_vectors_away": Message(
        503,
        "A busca foi feita só pelas palavras, porque o serviço de vetores não respondeu.",
        "Os resultados valem; quem administra pode ver a causa com “cogep doctor”.",
        retryable=True,
    ),
    "search_vectors_filling": Message(
        503,
        "A busca foi feita só pelas palavras, porque os vetores da base ainda estão sendo feitos.",
        "Os resultados valem; o andamento aparece em “cogep db vectors”.",
        retryable=True,
    ),
    "search_rerank_away": Message(
        503,
        "Os resultados não foram reordenados, porque o reordenador não respondeu.",
        "Os resultados valem; quem administra pode ver a causa com “cogep doctor”.",
        retryable=True,
    ),
    "search_type_unknown": Message(
        422,
        "A busca não conhece o tipo “{name}”.",
        "Use um destes: {known}; ou o tipo completo, como application/pdf.",
    ),
    "search_days_backwards": Message(
        422,
        "O período termina em {until}, antes de começar em {since}.",
        "Troque as datas.",
    ),
}
