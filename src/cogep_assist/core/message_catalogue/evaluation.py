"""Messages of the evaluation."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "evaluation_folder_missing": Message(
        404,
        "Não há uma pasta em {path}.",
        "Informe a pasta com corpus.jsonl, queries.jsonl e qrels.tsv.",
    ),
    "evaluation_file_missing": Message(
        404,
        "A pasta {path} não tem o arquivo {file}.",
        "O formato é o do BEIR: corpus.jsonl, queries.jsonl e qrels.tsv (ou qrels/test.tsv), "
        "que só falta onde as perguntas trazem “answers” ou “impossible”.",
    ),
    "evaluation_file_empty": Message(
        422, "O arquivo {path} não traz nada que se possa usar.", "Confira o arquivo."
    ),
    "evaluation_line_invalid": Message(
        422, "{file}, linha {line}: {reason}.", "Corrija a linha e repita."
    ),
    "evaluation_no_judgement": Message(
        422,
        "Nada em {path} diz o que se espera das perguntas.",
        "Confira se os identificadores de qrels.tsv são os dos outros dois arquivos, ou dê às "
        "perguntas “answers” ou “impossible”.",
    ),
    "evaluation_incomplete": Message(
        500,
        "{failed} documentos do corpus não puderam ser ingeridos; o primeiro: {cause}",
        "Corrija a causa e repita; com documentos a menos os números não valeriam.",
    ),
    "gate_invalid": Message(
        422,
        "O arquivo de limites {path} não vale: {reason}.",
        'Exemplo: {{"ndcg@10": 0.87, "latency_ms.p95": {{"max": 50}}}}.',
    ),
    "gate_unknown_figure": Message(
        422, "O limite “{name}” não é de nenhum número medido.", "O que se mede: {known}."
    ),
    "evaluation_run_invalid": Message(
        422,
        "O arquivo não é uma medição guardada por “cogep eval” com --save.",
        "Informe em --compare um arquivo que --save tenha escrito.",
    ),
    "evaluation_runs_differ": Message(
        422,
        "As duas medições não têm pergunta em comum.",
        "Compare medições do mesmo conjunto de perguntas.",
    ),
    "plot_format_unknown": Message(
        422, "Não sei desenhar em {path}.", "Dê um nome que termine em .html ou .png."
    ),
    "question_set_not_found": Message(
        404, "Não há este conjunto de perguntas.", "Veja os que há em “cogep questions list”."
    ),
    "question_set_exists": Message(
        409,
        "A coleção já tem um conjunto de perguntas chamado “{name}”.",
        "Escolha outro nome, ou remova o que há.",
    ),
    "question_set_invalid": Message(
        422,
        "O conjunto de perguntas não vale: {reason}.",
        "Cada pergunta tem texto e diz a resposta, o documento ou que não há resposta.",
    ),
    "question_set_empty": Message(
        409,
        "O conjunto não tem perguntas: não há o que medir.",
        "Acrescente perguntas ao conjunto, ou importe-as de um arquivo.",
    ),
    "set_question_not_found": Message(
        404,
        "Esta pergunta não está mais no conjunto como você a viu.",
        "Alguém a mudou ou removeu: abra o conjunto de novo.",
    ),
    "question_file_invalid": Message(
        422,
        "O arquivo de perguntas não vale: {reason}.",
        "É um CSV cuja primeira linha traz “pergunta” e “resposta”, “documento” ou “sem resposta”; "
        "veja o modelo em “Exportar”.",
    ),
}
