"""Messages of what comes over from other systems."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "readmission_without_reason": Message(
        422,
        "Falta o motivo para trazer de volta quem teve os dados eliminados.",
        "Diga o dever legal ou o novo pedido da pessoa; sem isso, importe sem ela.",
    ),
    "import_export_missing": Message(
        422, "“{name}” não existe.", "Confira o caminho do arquivo ou da pasta exportada."
    ),
    "import_export_unknown": Message(
        422,
        "Em “{name}” não há nada que se reconheça deste sistema.",
        "Confira o sistema e os arquivos pelo guia “Importar de outro sistema”.",
    ),
    "import_map_invalid": Message(
        422,
        "O arquivo de mapeamento não serve: {reason}.",
        "Faça um modelo com --dry-run --map ARQUIVO e preencha o que ficou nulo.",
    ),
    "import_unmapped": Message(
        422,
        "Falta dizer o que é aqui: {names}.",
        "Faça um modelo com --dry-run --map ARQUIVO, preencha-o e importe com --map ARQUIVO.",
    ),
    "import_not_running": Message(
        409,
        "Este lote já terminou ou foi desfeito.",
        "Para trazer o que há de novo, importe outra vez, sem --resume.",
    ),
    "import_already_rolled_back": Message(
        409, "Este lote já foi desfeito.", "Veja os lotes com “cogep import list”."
    ),
    "import_too_large_for_page": Message(
        409,
        "Este lote tem {count} registros, mais do que uma página desfaz de uma vez.",
        "No servidor, use “cogep import rollback {id}”: ele mostra o andamento e pode demorar.",
    ),
    "import_records_edited": Message(
        409,
        "Alguém mexeu em {count} registro(s) deste lote depois dele: {names}.",
        "Nada foi desfeito. Marque que eles ficam (no comando, --keep-edited), e só o resto é "
        "desfeito.",
    ),
    "import_other_system": Message(
        409,
        "Este lote veio de outro sistema: {system}.",
        "Continue-o pelo comando desse sistema, com a mesma exportação.",
    ),
}
