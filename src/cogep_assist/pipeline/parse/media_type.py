"""Tell what a document really is: its bytes first, then its name and what was declared."""

import io
import re
import struct
import zipfile
import zlib
from pathlib import PurePath

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.charset import declared_in_type, decode

PDF = "application/pdf"
HTML = "text/html"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
RTF = "application/rtf"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
CSV = "text/csv"
MARKDOWN = "text/markdown"
TEXT = "text/plain"
EMAIL = "message/rfc822"

PICTURES = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".tif": "image/tiff",
    ".tiff": "image/tiff", ".webp": "image/webp", ".gif": "image/gif", ".bmp": "image/bmp",
}  # fmt: skip
EXTENSIONS = {
    ".html": HTML, ".htm": HTML, ".xhtml": HTML, ".pdf": PDF, ".docx": DOCX, ".docm": DOCX,
    ".dotx": DOCX, ".doc": DOC, ".dot": DOC, ".xlsx": XLSX, ".xlsm": XLSX, ".xltx": XLSX,
    ".xls": XLS, ".xlt": XLS, ".pptx": PPTX, ".pptm": PPTX, ".ppsx": PPTX, ".rtf": RTF,
    ".odt": ODT, ".ott": ODT, ".ods": ODS, ".ots": ODS, ".odp": ODP, ".otp": ODP, ".csv": CSV,
    ".tsv": CSV, ".md": MARKDOWN, ".markdown": MARKDOWN, ".txt": TEXT, ".text": TEXT,
    ".log": TEXT, ".eml": EMAIL, **PICTURES,
}  # fmt: skip
ACCEPTED = frozenset(EXTENSIONS.values())

_DECLARED = {
    "text/html": HTML, "application/xhtml+xml": HTML, "text/csv": CSV, "application/csv": CSV,
    "text/tab-separated-values": CSV, "text/markdown": MARKDOWN, "text/x-markdown": MARKDOWN,
    "message/rfc822": EMAIL,
}  # fmt: skip
# (offset, bytes, the detail that names it to a person, what to do)
_AS_PDF = "salve como PDF"
_UNPACK = "descompacte e envie os documentos que estão dentro"
_NO_TEXT = "envie o texto em PDF, DOCX, HTML ou TXT"
_SIGNATURES = (
    (4, b"ftyphei", "foto HEIC", "salve como JPEG"),
    (4, b"ftypmif1", "foto HEIC", "salve como JPEG"),
    (4, b"ftypavif", "imagem AVIF", "salve como JPEG ou PNG"),
    (0, b"\x1f\x8b", "arquivo compactado gzip", _UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "arquivo compactado 7-Zip", _UNPACK),
    (0, b"Rar!\x1a\x07", "arquivo compactado RAR", _UNPACK),
    (0, b"BZh", "arquivo compactado bzip2", _UNPACK),
    (0, b"\xfd7zXZ\x00", "arquivo compactado xz", _UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "arquivo compactado zstd", _UNPACK),
    (257, b"ustar", "pacote tar", _UNPACK),
    (0, b"MZ", "programa executável", _NO_TEXT),
    (0, b"\x7fELF", "programa executável", _NO_TEXT),
    (0, b"\xcf\xfa\xed\xfe", "programa executável", _NO_TEXT),
    (4, b"ftyp", "vídeo ou áudio", _NO_TEXT),
    (0, b"ID3", "áudio", _NO_TEXT),
    (0, b"OggS", "áudio", _NO_TEXT),
    (8, b"WAVE", "áudio", _NO_TEXT),
    (8, b"AVI ", "vídeo", _NO_TEXT),
    (0, b"SQLite format 3\x00", "banco de dados SQLite", "exporte os dados como CSV"),
    (0, b"%!PS", "PostScript", _AS_PDF),
    (0, b"!BDN", "caixa de correio do Outlook", "salve cada mensagem como EML"),
)
_TEXT_SIGNATURES = (b"%!PS",)
# (offset, bytes, media type)
_PICTURES = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (8, b"WEBPVP8", "image/webp"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
)
# The lengths that the second head of a bitmap has had; its two letters alone could begin a text.
_BITMAP_HEADS = (12, 40, 52, 56, 64, 108, 124)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_KINDS = (
    ("PowerPoint Document", "apresentação antiga do PowerPoint (.ppt)", "salve como PPTX"),
    ("__substg1.0", "mensagem do Outlook (.msg)", "salve como EML"),
)
_OLE_READ = (("WordDocument", DOC), ("Workbook", XLS), ("Book", XLS))
_ODF_KINDS = (
    (b"opendocument.graphics", "desenho ODG", _AS_PDF),
    (b"epub+zip", "livro EPUB", "converta para PDF ou HTML"),
)
_HTML_START = re.compile(
    r"\s*+(?:<\?xml[^>]*\?>\s*+)?(?:<!--.*?-->\s*+)*+<(?:!doctype\s+html|html|head|body|title|meta|frameset)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_TAG = re.compile(
    r"</?(?:p|div|span|table|tr|td|ul|ol|li|h[1-6]|a|br|script|b|font)\b[^>]*>", re.IGNORECASE
)
_HEADER = re.compile(
    r"(?:from|to|subject|date|message-id|mime-version|received|return-path|reply-to|cc|delivered-to"
    r"|content-type|x-[\w-]+|dkim-signature|authentication-results|arc-[\w-]+)\s*:",
    re.IGNORECASE,
)
_XML_START = re.compile(r"\s*<\?xml\b", re.IGNORECASE)


def detect(data: bytes, *, name: str | None, declared: str | None) -> str:
    """Return the media type to parse a document as.

    Raises AppError unsupported_media_type (with what it is and what to do) or file_password.
    """
    head = data[:1024]
    if b"%PDF-" in head:
        return PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_kind(data)
    if data.startswith(_OLE):
        return _ole_kind(data)
    if data.lstrip().startswith(b"{\\rtf"):
        return RTF
    picture = _picture_kind(data)
    if picture is not None:
        return picture
    for offset, signature, kind, remedy in _SIGNATURES:
        if data.startswith(signature, offset) and (
            signature in _TEXT_SIGNATURES or not _is_printable(signature) or _is_binary(data)
        ):
            raise AppError("unsupported_media_type", kind=kind, action=remedy)
    return _text_kind(data, name, declared)


def accepts_name(name: str) -> bool:
    """Tell whether a folder's file is read by its extension.

    Pictures are not: most are logos and icons, and reading one takes seconds. Sent by itself, a
    picture is read.
    """
    suffix = PurePath(name).suffix.lower()
    return suffix in EXTENSIONS and suffix not in PICTURES


def _zip_kind(data: bytes) -> str:
    names = _zip_names(data)
    if "mimetype" in names:
        kind = _zip_mimetype(data)
        for mark, media_type in ((b".text", ODT), (b".spreadsheet", ODS), (b".presentation", ODP)):
            if b"opendocument" + mark in kind:
                return media_type
        for mark, label, remedy in _ODF_KINDS:
            if mark in kind:
                raise AppError("unsupported_media_type", kind=label, action=remedy)
    for prefix, media_type in (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX)):
        if any(name.startswith(prefix) for name in names):
            return media_type
    if "content.xml" in names and "META-INF/manifest.xml" in names:
        return ODT
    raise AppError("unsupported_media_type", kind="arquivo compactado ZIP", action=_UNPACK)


def _zip_mimetype(data: bytes) -> bytes:
    """Return what an OpenDocument file says it is; also where it was packed anew, compressed."""
    if data[30:38] == b"mimetype" and data[8:10] == b"\x00\x00":
        return data[38:120]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container, container.open("mimetype") as member:
            return member.read(82)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, OSError, EOFError):
        return b""


def _zip_names(data: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            return container.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        # A truncated container still tells what it was; reading it will say that it is broken.
        found = re.findall(
            rb"PK\x03\x04.{26}((?:word|xl|ppt)/|mimetype)", data[: 4 << 20], re.DOTALL
        )
        return [prefix.decode("ascii") for prefix in found]


def _ole_kind(data: bytes) -> str:
    names = _stream_names(data)
    if "EncryptedPackage" in names:
        raise AppError("file_password")
    for stream, media_type in _OLE_READ:
        if stream in names:
            return media_type
    for stream, kind, remedy in _OLE_KINDS:
        if any(name.startswith(stream) for name in names):
            raise AppError("unsupported_media_type", kind=kind, action=remedy)
    raise AppError(
        "unsupported_media_type",
        kind="documento antigo do Office",
        action="salve como DOCX, XLSX ou PPTX",
    )


def _stream_names(data: bytes) -> set[str]:
    """Return the names of the streams of a compound file. Raises AppError("file_corrupt")."""
    # Most processes know types by their endings alone, and never look into such a file.
    import olefile  # noqa: PLC0415

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            found = container.listdir()
            # A file that was cut off still lists its streams, and loops in who reads them.
            if any(
                len(container.openstream(path).read()) < container.get_size(path) for path in found
            ):
                raise AppError("file_corrupt")
    except (OSError, ValueError, IndexError, TypeError, struct.error) as error:
        raise AppError("file_corrupt") from error
    return {path[0] for path in found}


def _picture_kind(data: bytes) -> str | None:
    for offset, signature, media_type in _PICTURES:
        if data.startswith(signature, offset):
            return media_type
    is_bitmap = data.startswith(b"BM") and int.from_bytes(data[14:18], "little") in _BITMAP_HEADS
    return "image/bmp" if is_bitmap else None


def _text_kind(data: bytes, name: str | None, declared: str | None) -> str:
    sample, encoding = decode(data[:16384], declared=declared_in_type(declared))
    if not encoding.startswith("utf-16") and not encoding.startswith("utf-32") and _is_binary(data):
        raise AppError(
            "unsupported_media_type", kind="arquivo binário desconhecido", action=_NO_TEXT
        )
    by_name = EXTENSIONS.get(PurePath(name).suffix.lower()) if name else None
    by_label = _DECLARED.get((declared or "").partition(";")[0].strip().lower())
    if by_name in (EMAIL, MARKDOWN, CSV) and not _HTML_START.match(sample):
        return by_name
    if _HTML_START.match(sample):
        return HTML
    if _is_email(sample):
        return EMAIL
    for candidate in (by_name, by_label):
        if candidate in (HTML, CSV, MARKDOWN, EMAIL, TEXT):
            return candidate
    if _XML_START.match(sample):
        raise AppError(
            "unsupported_media_type", kind="arquivo XML", action="converta para HTML, PDF ou CSV"
        )
    if len(_HTML_TAG.findall(sample)) >= 6 and sample.lstrip().startswith("<"):
        return HTML
    return TEXT


def _is_printable(signature: bytes) -> bool:
    return all(0x20 <= byte < 0x7F for byte in signature)


def _is_binary(data: bytes) -> bool:
    """Text may hold stray control bytes; a file with many is no text."""
    sample = data[:16384]
    odd = sum(sample.count(byte) for byte in (*range(1, 9), *range(14, 27), *range(28, 32)))
    return odd > max(8, len(sample) // 50) or sample.count(0) > max(8, len(sample) // 4)


def _is_email(sample: str) -> bool:
    lines = sample.lstrip("\r\n").splitlines()[:40]
    if lines and lines[0].startswith("From "):
        lines = lines[1:]
    named: set[str] = set()
    for line in lines:
        if not line.strip():
            break
        if line[0] in " \t" and named:
            continue
        found = _HEADER.match(line)
        if not found and not re.match(r"[A-Za-z][A-Za-z0-9-]{1,60}:\s", line):
            return False
        if found:
            named.add(found.group().rstrip(": \t").lower())
    return len(named) >= 3 or len(named & {"mime-version", "received", "message-id"}) >= 2
