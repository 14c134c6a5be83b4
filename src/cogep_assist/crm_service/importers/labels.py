"""What batches, their records and their problems are called in Portuguese."""

from cogep_assist.core.models import BatchStatus, PastSystem, RecordKind, RecordOutcome
from cogep_assist.crm_service.customers.customer_labels import FIELDS
from cogep_assist.crm_service.customers.customer_labels import PROBLEMS as VALUE_PROBLEMS
from cogep_assist.crm_service.customers.customer_labels import problem_words as value_problem_words

SYSTEM = {
    PastSystem.ZAMMAD: "Zammad",
    PastSystem.GLPI: "GLPI",
    PastSystem.CHATWOOT: "Chatwoot",
    PastSystem.OSTICKET: "osTicket",
    PastSystem.MAIL: "arquivo de e-mail",
    PastSystem.FOLDER: "pasta",
    PastSystem.SITEMAP: "sitemap",
}
STATUS = {
    BatchStatus.RUNNING: "em execução ou interrompido",
    BatchStatus.COMPLETED: "concluído",
    BatchStatus.ROLLED_BACK: "desfeito",
}
KIND = {
    RecordKind.CUSTOMER: "cliente",
    RecordKind.TICKET: "chamado",
    RecordKind.DOCUMENT: "documento",
}
OUTCOME = {
    RecordOutcome.CREATED: "criado",
    RecordOutcome.MATCHED: "já estava no cadastro",
    RecordOutcome.REFUSED: "recusado",
}
COUNTS = {
    "customer_created": "clientes criados",
    "customer_matched": "clientes que já estavam no cadastro",
    "matched_by_document": "  pelo CPF ou CNPJ",
    "matched_by_email": "  pelo e-mail",
    "matched_by_phone": "  pelo telefone e o nome",
    "customer_refused": "clientes recusados",
    "customer_erased": "  de pessoas já eliminadas, que não vieram",
    "customer_perhaps_erased": "  com nome ou e-mail de pessoa eliminada: confira",
    "customer_readmitted": "  de pessoas eliminadas, trazidas pela exceção registrada",
    "customer_known": "clientes de lotes anteriores",
    "ticket_created": "chamados criados",
    "ticket_refused": "chamados recusados",
    "ticket_known": "chamados de lotes anteriores",
    "entry_created": "mensagens e notas",
    "file_created": "anexos",
    "file_refused": "anexos que não vieram",
    "document_created": "documentos novos",
    "document_matched": "documentos que já estavam na base, enviados de novo",
    "document_known": "documentos de lotes anteriores",
    "document_refused": "documentos recusados",
}
_FIELDS = {
    **FIELDS,
    "line": "registro",
    "created_at": "data de abertura",
    "customer": "solicitante",
    "files": "anexos",
    "text": "mensagens",
}
_PROBLEMS = {
    **VALUE_PROBLEMS,
    "date_before_1990": "é anterior a 1990",
    "left_out": "não vieram todos",
    "erased_masked": "tinham dados de pessoa eliminada, que foram tarjados",
    "removed_since": "foi removido do cadastro depois de importado",
    "unknown_there": "não está na exportação",
}
# Why a piece of an export could not be read.
BROKEN = {
    "broken_json": "não é JSON",
    "broken_insert": "INSERT que não se entende",
    "columns_differ": "tem colunas a mais ou a menos",
    "columns_unknown": "tabela sem CREATE TABLE e INSERT sem os nomes das colunas",
    "ends_too_soon": "o arquivo acaba no meio",
    "too_long": "é longo demais",
    "too_nested": "tem níveis demais",
    "no_sender": "sem remetente",
    "written_by_machine": "resposta automática ou devolução",
    "repeated_in_file": "repete uma mensagem anterior",
    "empty_file": "está vazio",
}


def problem_words(code: str) -> str:
    """Say a problem: "e-mail não é um endereço de e-mail"."""
    name, _, problem = code.partition(":")
    field = _FIELDS.get(name, name.removeprefix("custom."))
    return f"{field} {_PROBLEMS.get(problem) or value_problem_words(problem)}"


def broken_words(code: str) -> str:
    """Say why a piece of an export could not be read."""
    return BROKEN.get(code, f"não pôde ser lido ({code})")
