"""Read a CSV of customers: its encoding, its delimiter, and which column is which field. Pure."""

import csv
import io
import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cogep_assist.core.brazil.cnpj import normalize_cnpj
from cogep_assist.core.brazil.cpf import normalize_cpf
from cogep_assist.core.brazil.names import fold_name
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import CustomerField, CustomerKind
from cogep_assist.crm_service.customers.customer_values import CLEANERS, Problem
from cogep_assist.edge.csv_cells import plain_cell
from cogep_assist.pipeline.parse.charset import decode

MAX_BYTES = 64 * 1024 * 1024
MAX_LINES = 300_000
MAX_COLUMNS = 200
MAX_CELL_CHARS = 20_000
SEVERAL = frozenset({"email", "phone", "tags"})
NUMBERS = frozenset({"cpf", "cnpj", "document", "phone"})
FIELDS = frozenset({*CLEANERS, *SEVERAL, "kind", "document"})
_SAMPLE_CHARS = 64 * 1024
_DELIMITERS = ";,\t|"
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{1,2}", re.IGNORECASE)
# What a program that took a number for a fraction wrote behind it.
_FRACTION = re.compile(r"^([0-9]{8,14})\.0$")
_HEADERS = {
    "name": "nome|nome completo|cliente|nome do cliente|razao social|titular|servidor|name"
    "|nome do servidor|full name|nome razao social|interessado|solicitante",
    "social_name": "nome social|nome fantasia|fantasia",
    "kind": "tipo|tipo de pessoa|tipo pessoa|pessoa|kind|natureza",
    "cpf": "cpf|n cpf|numero do cpf|no cpf|num cpf|nr cpf",
    "cnpj": "cnpj|n cnpj|numero do cnpj|no cnpj|nr cnpj",
    "document": "cpf cnpj|cnpj cpf|documento|cpf ou cnpj|doc|cgc cpf",
    "external_id": "codigo|matricula|siape|matricula siape|id externo|codigo externo|cod"
    "|codigo do cliente|external id|id cliente",
    "birth_date": "data de nascimento|nascimento|dt nascimento|dt nasc|data nasc"
    "|data nascimento|birth date|dt de nascimento",
    "email": "email|e mail|correio eletronico|mail|endereco de email|endereco de e mail",
    "phone": "telefone|celular|fone|tel|whatsapp|telefone celular|telefone fixo|phone|contato"
    "|telefone residencial|telefone comercial|tel celular|zap|ddd telefone",
    "language": "idioma|lingua",
    "customer_class": "classe|classe de atendimento",
    "cep": "cep|codigo postal",
    "street": "endereco|logradouro|rua|avenida",
    "street_number": "numero|n|no|nr|num|numero do endereco",
    "complement": "complemento",
    "district": "bairro",
    "city": "cidade|municipio|localidade",
    "state": "uf|estado",
    "notes": "observacoes|observacao|obs|anotacoes|comentarios|notas",
    "tags": "etiquetas|etiqueta|tags|marcadores|grupos|grupo",
}
_BY_HEADER = {header: name for name, text in _HEADERS.items() for header in text.split("|")}
_KINDS = {
    "pessoa": CustomerKind.PERSON,
    "pessoa fisica": CustomerKind.PERSON,
    "fisica": CustomerKind.PERSON,
    "pf": CustomerKind.PERSON,
    "f": CustomerKind.PERSON,
    "person": CustomerKind.PERSON,
    "organizacao": CustomerKind.ORGANIZATION,
    "pessoa juridica": CustomerKind.ORGANIZATION,
    "juridica": CustomerKind.ORGANIZATION,
    "pj": CustomerKind.ORGANIZATION,
    "j": CustomerKind.ORGANIZATION,
    "empresa": CustomerKind.ORGANIZATION,
    "organization": CustomerKind.ORGANIZATION,
}


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file that was read: how it was written, its header, and its rows as JSON lines.

    Each line is a list: the number of the line in the file, then the cells.
    """

    encoding: str
    delimiter: str
    header: list[str]
    content: bytes
    lines: int


def read_import_file(data: bytes) -> ImportFile:
    """Read a CSV file of any usual encoding and delimiter.

    Raises AppError("import_file_too_large"|"import_file_empty"|"import_file_unreadable").
    """
    if len(data) > MAX_BYTES:
        raise AppError("import_file_too_large", limit_mib=MAX_BYTES // 2**20)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise AppError("import_file_unreadable", reason="é uma planilha ou outro tipo de arquivo")
    if data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise AppError("import_file_unreadable", reason="é uma página; salve-a como CSV")
    text, encoding = _decoded(data)
    text = text.replace("\x00", "").removeprefix("\ufeff")
    declared = _declared_delimiter(text)
    delimiter = declared or _find_delimiter(text[:_SAMPLE_CHARS])
    csv.field_size_limit(MAX_CELL_CHARS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        if declared:
            next(reader)
        # Lines that a spreadsheet left empty above the names of its columns say nothing.
        header = _header(next(filter(_says_something, reader), []))
        rows, lines, last_begins = _rows(reader)
    except csv.Error:
        raise AppError(
            "import_file_unreadable", reason="uma célula é longa demais ou há aspas sem par"
        ) from None
    if not lines:
        raise AppError("import_file_empty")
    if reader.line_num > last_begins and _is_left_open(text, last_begins, delimiter):
        reason = f"as aspas abertas na linha {last_begins} não se fecham"
        raise AppError("import_file_unreadable", reason=reason)
    return ImportFile(encoding, delimiter, header, rows, lines)


def _decoded(data: bytes) -> tuple[str, str]:
    """Read a file's text; where two exports were put together, each line in its own encoding."""
    text, encoding = decode(data)
    if encoding.startswith("utf") or text.isascii():
        return text, encoding
    lines = data.splitlines(keepends=True)
    told = [_as_utf8(line) for line in lines]
    if not any(one is not None and not one.isascii() for one in told):
        return text, encoding
    # Accents of a one-byte encoding are hardly ever valid UTF-8 by chance.
    parts = (
        decode(line, declared=encoding)[0] if one is None else one
        for line, one in zip(lines, told, strict=True)
    )
    return "".join(parts), f"utf-8, {encoding}"


def _as_utf8(line: bytes) -> str | None:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _is_left_open(text: str, line: int, delimiter: str) -> bool:
    """Tell whether the record that begins on a line, from 1, has quotes that nothing closes."""
    rest = itertools.islice(io.StringIO(text, newline=""), line - 1, None)
    try:
        for _ in csv.reader(rest, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def detect_mapping(header: Sequence[str], fields: Iterable[CustomerField]) -> dict[str, str]:
    """Return which field each column holds, by its Portuguese name; unknown ones are left out."""
    custom = {
        fold_name(name): f"custom.{field.key}"
        for field in fields
        for name in (field.label, field.key)
    }
    found: dict[str, str] = {}
    for column in header:
        folded = re.sub(r"(?<=[a-z])\s*\d$", "", fold_name(column))
        field = custom.get(fold_name(column)) or _BY_HEADER.get(folded)
        if field is not None and (field in SEVERAL or field not in found.values()):
            found[column] = field
    return found


def check_mapping(
    mapping: Mapping[str, str],
    header: Sequence[str],
    fields: Iterable[CustomerField],
    *,
    names_needed: bool = True,
) -> dict[str, str]:
    """Return a mapping that fits the file. Raises AppError("import_mapping_invalid").

    ``names_needed`` False lets a trial begin before somebody said which column holds the names.
    """
    known = FIELDS | {f"custom.{field.key}" for field in fields}
    seen: set[str] = set()
    for column, name in mapping.items():
        if column not in header:
            raise AppError("import_mapping_invalid", reason=f"não há coluna “{column[:60]}”")
        if name not in known:
            raise AppError("import_mapping_invalid", reason=f"não há campo “{name[:60]}”")
        if name in seen and name not in SEVERAL:
            raise AppError("import_mapping_invalid", reason=f"“{name}” está em duas colunas")
        seen.add(name)
    if names_needed and "name" not in seen:
        raise AppError("import_mapping_invalid", reason="falta a coluna do nome (“name”)")
    return dict(mapping)


def row_values(
    header: Sequence[str], mapping: Mapping[str, str], cells: Sequence[str]
) -> tuple[CustomerKind, dict[str, Any], list[Problem]]:
    """Return the kind of customer and the fields of one row, as somebody would type them.

    An empty cell says nothing. Leading zeros that a spreadsheet ate are put back.
    """
    given: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    contacts: list[dict[str, Any]] = []
    problems = [] if len(cells) == len(header) else [Problem("line", "columns_differ")]
    for column, cell in zip(header, cells, strict=False):
        name, text = mapping.get(column), plain_cell(cell.strip())
        if name is None or not text:
            continue
        if name in NUMBERS:
            text = _FRACTION.sub(r"\1", text)
        if name in NUMBERS and _SCIENTIFIC.fullmatch(text):
            problems.append(Problem(name, "damaged_by_spreadsheet"))
        elif name in {"email", "phone"}:
            parts = [part for part in re.split(r"[;|,]| / ", text) if part.strip()]
            contacts += [{"kind": name, "value": part, "label": None} for part in parts]
        elif name == "tags":
            given.setdefault("tags", []).extend(p for p in re.split(r"[;|,]", text) if p.strip())
        elif name.startswith("custom."):
            custom[name.removeprefix("custom.")] = text
        else:
            given[name] = text
    kind = _kind(given, problems)
    if contacts:
        given["contacts"] = contacts
    if custom:
        given["custom"] = custom
    given.setdefault("name", None)
    return kind, given, problems


def _kind(given: dict[str, Any], problems: list[Problem]) -> CustomerKind:
    """Settle what kind of customer a row is, and which of the numbers its document is."""
    document = given.pop("document", None)
    if document is not None:
        padded = _padded(document, 14)
        given["cnpj" if normalize_cnpj(padded) and len(padded) > 11 else "cpf"] = document
    for name, width in (("cpf", 11), ("cnpj", 14)):
        if name in given:
            given[name] = _padded(given[name], width)
    said = given.pop("kind", None)
    if said is not None:
        kind = _KINDS.get(fold_name(said))
        if kind is not None:
            return kind
        problems.append(Problem("kind", "kind_invalid"))
    has_firm = "cnpj" in given and "cpf" not in given
    return CustomerKind.ORGANIZATION if has_firm else CustomerKind.PERSON


def _padded(text: str, width: int) -> str:
    """Put back the zeros at the front of a number, where that makes it a valid one."""
    digits = text.strip()
    if digits.isascii() and digits.isdigit() and width - 4 <= len(digits) < width:
        padded = digits.zfill(width)
        if (normalize_cpf if width == 11 else normalize_cnpj)(padded):
            return padded
    return text


def _header(cells: Sequence[str]) -> list[str]:
    """Return the names of the columns, a repeated one with its number behind it."""
    if len(cells) > MAX_COLUMNS:
        raise AppError("import_file_unreadable", reason="há colunas demais")
    found: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = " ".join(cell.split())[:100] or f"coluna {place}"
        number = 2
        while name in found:
            name, number = f"{' '.join(cell.split())[:100]} ({number})", number + 1
        found.append(name)
    return found


def _rows(reader: Any) -> tuple[bytes, int, int]:
    """Return the rows as JSON lines, how many they are, and on which line the last one begins."""
    written = io.BytesIO()
    lines, begins, ended = 0, 1, reader.line_num
    for row in reader:
        begins, ended = ended + 1, reader.line_num
        if not _says_something(row):
            continue
        lines += 1
        if lines > MAX_LINES:
            raise AppError("import_file_unreadable", reason=f"há mais de {MAX_LINES} linhas")
        clean = [cell.encode("utf-8", "replace").decode() for cell in row[: MAX_COLUMNS + 1]]
        written.write(json.dumps([reader.line_num, *clean], ensure_ascii=False).encode() + b"\n")
    return written.getvalue(), lines, begins


def _says_something(row: Sequence[str]) -> bool:
    return any(cell.strip() for cell in row)


def _declared_delimiter(text: str) -> str | None:
    """Return what Excel writes on the first line: ``sep=;``, in quotes or not."""
    first = re.match(r'"?sep=([^\r\n"])"?\r?\n', text, re.IGNORECASE)
    return None if first is None else first[1]


def _find_delimiter(sample: str) -> str:
    """Choose the delimiter that cuts the header and most rows into equally many cells."""
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        try:
            rows = [
                len(row)
                for row, _ in zip(
                    csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter),
                    range(100),
                    strict=False,
                )
                if row
            ]
        except csv.Error:
            continue
        if not rows or rows[0] < 2:
            continue
        score = (sum(width == rows[0] for width in rows) / len(rows), rows[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best
