"""Portuguese names of states and stages."""

from cogep_assist.core.models import JobStage, JobStatus

STATUS = {
    JobStatus.PENDING: "na fila",
    JobStatus.PROCESSING: "em execução",
    JobStatus.COMPLETED: "concluída",
    JobStatus.FAILED: "falhou",
    JobStatus.CANCELLED: "cancelada",
}
STAGE = {
    JobStage.FETCH: "baixar",
    JobStage.PARSE: "extrair",
    JobStage.CHUNK: "dividir",
    JobStage.EMBED: "vetorizar",
    JobStage.INDEX: "indexar",
    JobStage.STORE: "publicar",
}
STATUS_STYLE = {
    JobStatus.COMPLETED: "green",
    JobStatus.FAILED: "red",
    JobStatus.CANCELLED: "yellow",
    JobStatus.PROCESSING: "cyan",
}
