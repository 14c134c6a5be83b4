"""Tell what an attached file is by its first bytes; refuse what runs when it is opened."""

from pathlib import PurePosixPath

from cogep_assist.core.errors import AppError

UNKNOWN = "application/octet-stream"
HEAD_BYTES = 512
# What a double click runs on some system, by what it is called.
RUNS_BY_NAME = frozenset(
    {
        "appref-ms", "bat", "bin", "chm", "cmd", "com", "cpl", "dll", "dmg", "exe", "gadget", "hta",
        "inf", "iso", "jar", "js", "jse", "lnk", "mht", "mhtml", "msc", "msi", "msp", "pif", "pkg",
        "ps1", "reg", "scf", "scr", "settingcontent-ms", "sh", "url", "vb", "vbe", "vbs", "wsf",
        "wsh",
    }
)  # fmt: skip
# And by its first bytes, whatever it is called.
RUNS_BY_BYTES = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"\xfe\xed\xfa",
    b"L\x00\x00\x00\x01\x14\x02\x00",
    b"#!",
)
_TYPES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x1f\x8b", "application/gzip"),
)
_ZIPPED = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
# Text that no browser takes for a page; HTML and SVG stay bytes without a type.
_TEXTS = {"txt": "text/plain", "log": "text/plain", "csv": "text/csv", "md": "text/plain"}


def attachment_type(name: str, head: bytes) -> str:
    """Return the media type under which a file may be handed out.

    ``head``: its first bytes. Raises AppError("attachment_refused") for a program.
    """
    extension = PurePosixPath(name.rstrip(". ")).suffix.lstrip(".").lower()
    if extension in RUNS_BY_NAME or head.startswith(RUNS_BY_BYTES):
        raise AppError("attachment_refused", name=name)
    for signature, media_type in _TYPES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"PK\x03\x04"):
        return _ZIPPED.get(extension, "application/zip")
    if extension in _TEXTS and b"\x00" not in head:
        return _TEXTS[extension]
    return UNKNOWN
