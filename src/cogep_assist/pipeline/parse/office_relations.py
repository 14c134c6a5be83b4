"""How the parts of a DOCX, PPTX or XLSX name each other."""

import posixpath

from lxml import etree

from cogep_assist.pipeline.parse.xml_safe import children, parse_xml
from cogep_assist.pipeline.parse.zip_guard import Container


def relation_id(element: etree._Element) -> str:
    """Return the id of the relation that an element stands for; "" where it names none."""
    for key, value in element.attrib.items():
        if str(key).endswith("}id"):
            return str(value)
    return ""


def relations_of(container: Container, part: str) -> dict[str, tuple[str, str]]:
    """Return relation id -> (kind, part) of a part; targets outside the container are dropped."""
    folder, name = posixpath.split(part)
    data = container.read_if_there(f"{folder}/_rels/{name}.rels")
    if data is None:
        return {}
    found: dict[str, tuple[str, str]] = {}
    for relation in children(parse_xml(data, required=False), "Relationship"):
        if relation.get("TargetMode") == "External":
            continue
        target = relation.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        kind = relation.get("Type", "").rpartition("/")[2]
        found[relation.get("Id", "")] = (kind, posixpath.normpath(path))
    return found
