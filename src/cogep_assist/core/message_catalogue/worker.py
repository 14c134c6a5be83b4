"""Messages of the worker: what became of a job that did not end by its own fault or merit."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "worker_crashed": Message(
        500,
        "O trabalhador caiu três vezes enquanto lia este documento, que foi posto de lado.",
        "Verifique o arquivo; se ele abrir normalmente, tente de novo com “cogep jobs retry”.",
    ),
    "lease_expired": Message(
        500,
        "O trabalhador parou de responder três vezes enquanto lia este documento.",
        "Tente de novo com “cogep jobs retry”; se repetir, veja “cogep doctor”.",
    ),
    "document_deleted_meanwhile": Message(
        410,
        "O documento foi removido depois que esta tarefa foi enviada.",
        "Envie o documento de novo, se ele deve voltar à base.",
    ),
    "superseded_by_newer_submission": Message(
        409,
        "Um envio mais novo do mesmo documento já foi publicado.",
        "Nada a fazer; para publicar este conteúdo, envie-o de novo.",
    ),
    "database_disk_full": Message(
        507,
        "O disco do banco de dados encheu enquanto este documento era guardado.",
        "Libere espaço; a tarefa tenta de novo sozinha ou com “cogep jobs retry”.",
        retryable=True,
    ),
    "worker_disk_full": Message(
        507,
        "O disco do trabalhador encheu enquanto este documento era lido.",
        "Libere espaço na pasta temporária; a tarefa tenta de novo sozinha.",
        retryable=True,
    ),
    "content_missing": Message(
        410,
        "O conteúdo enviado não está mais guardado.",
        "Envie o documento de novo.",
    ),
    "duty_unknown": Message(
        500,
        "Este trabalhador não conhece o trabalho “{kind}”.",
        "Atualize o COGEP Assist neste computador.",
    ),
    "broker_missing": Message(
        500,
        "CELERY_BROKER_URL não está definida.",
        "Defina o endereço do Redis, ou use “cogep worker”, que não precisa dele.",
    ),
    "scaled_out_needs_database": Message(
        500,
        "Trabalhadores do Celery precisam de um PostgreSQL próprio.",
        "Defina DATABASE_URL com o mesmo endereço em todos os processos.",
    ),
    "worker_schema_mismatch": Message(
        500,
        "O trabalhador é de outra versão do esquema do banco e não pega tarefas.",
        "Atualize o trabalhador ou rode “cogep db upgrade”.",
    ),
}
