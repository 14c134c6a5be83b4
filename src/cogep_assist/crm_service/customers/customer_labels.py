"""What people read for the names that customers' rows and errors carry."""

from datetime import date

from cogep_assist.core.models import (
    ContactKind,
    CustomerKind,
    FieldType,
    ImportOutcome,
    ImportStatus,
    OnDuplicate,
    RelationKind,
)

KIND = {CustomerKind.PERSON: "pessoa", CustomerKind.ORGANIZATION: "organização"}
CONTACT_KIND = {ContactKind.EMAIL: "e-mail", ContactKind.PHONE: "telefone"}
RELATION_KIND = {
    RelationKind.WORKS_AT: "trabalha em",
    RelationKind.RELATIVE_OF: "é parente de",
    RelationKind.LEGAL_REPRESENTATIVE_OF: "é representante legal de",
    RelationKind.GUARDIAN_OF: "é responsável por",
}
RELATION_SEEN_FROM_THE_OTHER = {
    RelationKind.WORKS_AT: "é onde trabalha",
    RelationKind.RELATIVE_OF: "é parente de",
    RelationKind.LEGAL_REPRESENTATIVE_OF: "é representado(a) por",
    RelationKind.GUARDIAN_OF: "está sob a responsabilidade de",
}
FIELD_TYPE = {
    FieldType.TEXT: "texto",
    FieldType.NUMBER: "número",
    FieldType.DATE: "data",
    FieldType.BOOLEAN: "sim ou não",
    FieldType.CHOICE: "escolha",
}
IMPORT_STATUS = {
    ImportStatus.PENDING: "na fila",
    ImportStatus.RUNNING: "em execução",
    ImportStatus.PREVIEWED: "prévia pronta",
    ImportStatus.COMPLETED: "concluída",
    ImportStatus.FAILED: "falhou",
    ImportStatus.ROLLED_BACK: "desfeita",
}
ON_DUPLICATE = {
    OnDuplicate.SKIP: "pular",
    OnDuplicate.UPDATE: "atualizar",
    OnDuplicate.CREATE: "criar",
}
IMPORT_OUTCOME = {
    ImportOutcome.CREATED: "criado",
    ImportOutcome.UPDATED: "atualizado",
    ImportOutcome.UNCHANGED: "sem mudança",
    ImportOutcome.SKIPPED: "pulado",
    ImportOutcome.REFUSED: "recusado",
}
FIELDS = {
    "kind": "tipo",
    "name": "nome",
    "social_name": "nome social ou fantasia",
    "cpf": "CPF",
    "cnpj": "CNPJ",
    "external_id": "código externo",
    "birth_date": "data de nascimento",
    "language": "idioma",
    "customer_class": "classe de atendimento",
    "cep": "CEP",
    "street": "logradouro",
    "street_number": "número",
    "complement": "complemento",
    "district": "bairro",
    "city": "cidade",
    "state": "UF",
    "notes": "observações",
    "contacts": "contatos",
    "email": "e-mail",
    "phone": "telefone",
    "tags": "etiquetas",
    "custom": "campos adicionais",
}
# Why a value was refused; what it was is never repeated.
PROBLEMS = {
    "missing": "falta",
    "not_text": "deve ser um texto",
    "too_long": "é longo demais",
    "too_many": "tem itens demais",
    "mixes_scripts": "mistura letras de alfabetos diferentes",
    "not_one_line": "deve caber em uma linha",
    "cpf_invalid": "não é um CPF válido",
    "cnpj_invalid": "não é um CNPJ válido",
    "only_for_persons": "só vale para pessoas",
    "email_invalid": "não é um endereço de e-mail",
    "phone_invalid": "não é um telefone com DDD",
    "date_invalid": "não é uma data (dia/mês/ano)",
    "date_in_future": "está no futuro",
    "date_too_old": "é anterior a 1880",
    "cep_invalid": "não é um CEP",
    "state_invalid": "não é a sigla de um estado",
    "language_invalid": "não é um idioma (pt-BR, es, en…)",
    "class_invalid": "deve ter letras minúsculas, números e hífens, até 40",
    "tag_invalid": "deve ter letras, números, espaços e hífens, até 40",
    "kind_invalid": "deve ser “pessoa” ou “organização”",
    "kind_fixed": "não muda depois que o cadastro existe",
    "number_invalid": "não é um número",
    "boolean_invalid": "deve ser sim ou não",
    "choice_invalid": "não é uma das escolhas",
    "field_unknown": "não é um campo adicional",
    "damaged_by_spreadsheet": "foi alterado pela planilha (formate a coluna como texto)",
    "repeated_in_file": "repete uma linha anterior do arquivo",
    "exists": "já está em outro cadastro",
    "columns_differ": "tem colunas a mais ou a menos que o cabeçalho",
    "matches_several": "serve a mais de um cadastro",
    # With the day of the erasure behind the code.
    "erased": "é de pessoa eliminada em {on} a pedido: não importada",
    "perhaps_erased": "tem nome ou e-mail de pessoa eliminada em {on}: confira se é a mesma",
    "readmitted": "é de pessoa eliminada em {on}: importada pela exceção registrada",
}
REASONS = {
    "same_phone": "mesmo telefone",
    "same_email": "mesmo e-mail",
    "same_mailbox": "mesma caixa de e-mail",
    "same_name": "mesmo nome",
    "same_sound": "nome com o mesmo som",
    "similar_name": "nome parecido",
    "swapped_names": "nomes em outra ordem",
    "initials": "nome abreviado",
    "nickname": "apelido",
    "same_birth_date": "mesma data de nascimento",
    "birth_date_swapped": "dia e mês trocados",
    "birth_date_typo": "data de nascimento parecida",
    "same_address": "mesmo endereço",
}
# Other rooms add the kinds of their own events here.
EVENT_KINDS = {
    "created": "cadastro criado",
    "updated": "cadastro alterado",
    "removed": "cadastro removido",
    "imported": "cadastro criado por importação",
    "updated_by_import": "cadastro alterado por importação",
    "import_rolled_back": "importação desfeita",
    "merged": "outro cadastro foi unido a este",
    "merged_away": "cadastro unido a outro",
    "merge_undone": "união desfeita",
    "cpf_revealed": "CPF mostrado por inteiro",
    "relation_added": "relação acrescentada",
    "relation_removed": "relação retirada",
    "duplicate_dismissed": "duplicado descartado",
    "ticket_opened": "chamado aberto",
    "ticket_moved": "chamado mudou de estado",
    "ticket_merged": "chamado mesclado",
    "ticket_rated": "atendimento avaliado",
}


def problem_words(code: str) -> str:
    """Say a problem; some have a day behind their code (``erased:2026-11-30``)."""
    name, _, day = code.partition(":")
    words = PROBLEMS.get(name, name)
    return words.format(on=date.fromisoformat(day).strftime("%d/%m/%Y")) if day else words
