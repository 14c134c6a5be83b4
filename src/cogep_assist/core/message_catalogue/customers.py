"""Messages of customers: what was typed, duplicates, merges, imports and exports."""

from cogep_assist.core.message import Message

MESSAGES: dict[str, Message] = {
    "customer_not_found": Message(
        404, "O cliente não existe.", "Procure-o com “cogep customer search NOME”."
    ),
    "customer_merged": Message(
        410,
        "Este cadastro foi unido a outro.",
        "Abra o cadastro que ficou: {merged_into}.",
    ),
    "customer_invalid": Message(
        422, "O cadastro tem campos a corrigir: {reason}.", "Corrija-os e envie de novo."
    ),
    "customer_exists": Message(
        409,
        "Já há um cliente com este {what}.",
        "Abra o cadastro que existe, ou confira o que foi digitado.",
    ),
    "customer_has_no_cpf": Message(
        404, "Este cliente não tem CPF no cadastro.", "Peça o CPF e grave-o no cadastro."
    ),
    "customer_field_not_found": Message(
        404, "Não há campo adicional “{key}”.", "Veja os campos em GET /crm/customers/fields."
    ),
    "customer_field_exists": Message(
        409, "Já há um campo adicional “{key}”.", "Escolha outra chave, ou altere o que existe."
    ),
    "customer_field_in_use": Message(
        409,
        "O campo “{key}” já guarda valores que não cabem na mudança.",
        "Arquive o campo e crie outro com a forma nova.",
    ),
    "customer_field_limit": Message(
        409, "Há campos adicionais demais; o limite é {limit}.", "Arquive os que não servem mais."
    ),
    "relation_not_found": Message(
        404, "A relação não existe.", "Confira as relações no cadastro do cliente."
    ),
    "relation_exists": Message(409, "Esta relação já está no cadastro.", "Nada a fazer."),
    "relation_not_possible": Message(
        422,
        "Esta relação não é possível entre os dois cadastros: {reason}.",
        "Confira o tipo de relação e os dois clientes.",
    ),
    "duplicate_not_found": Message(
        404,
        "Não há essa sugestão de duplicado.",
        "Veja as sugestões com “cogep customer duplicates”.",
    ),
    "merge_with_itself": Message(
        422, "Um cadastro não se une a si mesmo.", "Informe dois cadastros diferentes."
    ),
    "merge_kinds_differ": Message(
        422,
        "Uma pessoa e uma organização não se unem.",
        "Se um deles está com o tipo errado, corrija-o primeiro.",
    ),
    "merge_identifiers_differ": Message(
        409,
        "Os dois cadastros têm {what} diferentes, e por isso parecem ser de pessoas diferentes.",
        "Se um deles está errado, escolha qual fica em “fields”.",
    ),
    "merge_field_unknown": Message(
        422, "“{field}” não é um campo que se escolhe.", "Veja os campos na prévia da união."
    ),
    "merge_not_found": Message(
        404, "A união não existe.", "Confira o identificador no histórico do cliente."
    ),
    "merge_undone_already": Message(409, "Esta união já foi desfeita.", "Nada a fazer."),
    "merge_too_old": Message(
        409,
        "Esta união passou dos {days} dias em que pode ser desfeita.",
        "Crie de novo o cadastro que saiu e mova o que for dele.",
    ),
    "merge_has_later": Message(
        409,
        "O cadastro que ficou foi depois unido a outro.",
        "Desfaça primeiro a união mais nova, {merge_id}.",
    ),
    "undo_conflicts": Message(
        409,
        "Depois da união, {count} registro(s) mudaram; desfazer apagaria essas mudanças.",
        "Veja em “conflicts” as tabelas, registros e colunas; acerte-os à mão.",
    ),
    "import_not_found": Message(
        404,
        "A importação não existe.",
        "Veja-as com “cogep import list”, e as de clientes em GET /crm/customers/imports.",
    ),
    "import_file_empty": Message(
        422,
        "O arquivo não tem linhas de dados.",
        "Envie um CSV com cabeçalho e uma linha ou mais.",
    ),
    "import_file_too_large": Message(
        413, "O arquivo passa de {limit_mib} MiB.", "Divida-o em arquivos menores."
    ),
    "import_file_unreadable": Message(
        422,
        "O arquivo não pôde ser lido como CSV: {reason}.",
        "Salve a planilha como CSV (UTF-8) e envie de novo.",
    ),
    "import_mapping_invalid": Message(
        422,
        "O mapeamento de colunas não serve: {reason}.",
        "Informe em “mapping” o nome da coluna e o campo do cliente.",
    ),
    "import_not_previewed": Message(
        409,
        "Esta importação não está à espera de confirmação.",
        "Só uma prévia pronta pode ser aplicada.",
    ),
    "import_not_completed": Message(
        409, "Só uma importação concluída pode ser desfeita.", "Espere-a terminar."
    ),
    "import_too_old": Message(
        409,
        "Esta importação passou dos {days} dias em que pode ser desfeita.",
        "Corrija os cadastros por uma nova importação, com “update”.",
    ),
    "import_edited_since": Message(
        409,
        "{count} cadastro(s) desta importação mudaram depois dela.",
        "Veja em “lines” as linhas e os cadastros; acerte-os à mão.",
    ),
}
