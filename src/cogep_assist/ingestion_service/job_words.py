"""Portuguese names of states, stages and warnings."""

from cogep_assist.core.models import JobStage, JobStatus
from cogep_assist.pipeline.personal_data import warning_words

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
# What a reader left out or mended, as a person should know it.
WARNING = {
    "attachments_not_read": "os anexos não foram lidos; envie-os como documentos, se for o caso",
    "content_differs_from_extension": "o conteúdo não é o que a extensão do nome diz",
    "damaged_pages_skipped": "páginas danificadas foram puladas",
    "deep_nesting_flattened": "a página aninhava demais e foi achatada",
    "empty_sheet": "há planilha vazia",
    "hidden_sheets_skipped": "planilhas ocultas foram puladas",
    "erased_person_left_out": (
        "cita pessoa cujos dados foram eliminados: o nome e os identificadores foram ocultados, e "
        "o arquivo original não foi guardado"
    ),
    "filtered_rows_read": "há filtro na planilha: as linhas que ele esconde também foram lidas",
    "hidden_cells_skipped": "linhas ou colunas ocultas foram puladas",
    "hidden_slides_skipped": "slides ocultos foram pulados",
    "hidden_text_removed": "texto oculto foi deixado de fora",
    "ocr_page_failed": "o OCR falhou em alguma página",
    "perhaps_erased_person": (
        "cita um nome igual ao de pessoa cujos dados foram eliminados; confira se não é a mesma"
    ),
    "reordering_characters_removed": "caracteres que invertem a ordem do texto foram removidos",
    "scanned_pages_skipped": "páginas digitalizadas foram puladas, por falta de OCR",
    "struck_text_removed": "texto riscado foi deixado de fora",
    "unchanged": "o conteúdo é o mesmo que já estava na base",
}


def words_of_warning(warning: str) -> str:
    """Return what a job's warning says to a person."""
    return warning_words(warning) or WARNING.get(warning, warning)
