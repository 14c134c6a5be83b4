"""Title, author, dates and language that an office document states about itself."""

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.builder import DocumentBuilder
from cogep_assist.pipeline.parse.xml_safe import local, parse_xml
from cogep_assist.pipeline.parse.zip_guard import Container

_PROPERTIES = {
    "creator": "author", "initial-creator": "author", "created": "created_at",
    "creation-date": "created_at", "modified": "modified_at", "date": "modified_at",
    "subject": "subject", "keywords": "keywords", "keyword": "keywords",
}  # fmt: skip


def add_core_properties(
    container: Container, builder: DocumentBuilder, part: str = "docProps/core.xml"
) -> None:
    """Note what the properties part says; a broken or missing part says nothing."""
    try:
        data = container.read_if_there(part)
        root = parse_xml(data, required=False) if data else None
    except AppError as error:
        if error.code == "file_corrupt":
            return
        raise
    if root is None:
        return
    for element in root.iter():
        name, text = local(element), element.text or ""
        if name == "title" and text.strip():
            builder.title = text
        elif name == "language":
            builder.language = text
        elif name in _PROPERTIES:
            builder.note(_PROPERTIES[name], text)
