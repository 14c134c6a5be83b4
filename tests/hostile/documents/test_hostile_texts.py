"""Hostile HTML, Markdown, CSV, e-mail and bytes that claim to be text."""

import base64

import pytest
from documents import make_docx, make_eml, make_pdf


def nested_mime(depth: int) -> bytes:
    head = b"From: a@x.br\nTo: b@x.br\nSubject: aninhada\nMIME-Version: 1.0\n"
    body = b"Content-Type: text/plain\n\nfundo\n"
    for number in range(depth):
        mark = f"m{number}".encode()
        body = b'Content-Type: multipart/mixed; boundary="%s"\n\n--%s\n%s\n--%s--\n' % (
            mark,
            mark,
            body,
            mark,
        )
    return head + body


def forwarded(depth: int) -> bytes:
    message = make_eml("no fundo", subject="original")
    for _ in range(depth):
        message = (
            b"From: a@x.br\nTo: b@x.br\nSubject: encaminhada\nMIME-Version: 1.0\n"
            b"Content-Type: message/rfc822\n\n" + message
        )
    return message


def many_parts() -> bytes:
    part = b"--m\nContent-Type: text/plain\n\nparte\n"
    return (
        b"From: a@x.br\nTo: b@x.br\nSubject: partes\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/mixed; boundary="m"\n\n' + part * 20_000 + b"--m--\n"
    )


BAD = [
    ("nothing", lambda: b"", "a.txt", "empty_file"),
    ("blanks", lambda: b" \n\t\r\n" * 1000, "a.txt", "empty_text"),
    ("zeros", lambda: bytes(100_000), "a.txt", "unsupported_media_type"),
    ("noise", lambda: bytes(range(256)) * 400, "a.txt", "unsupported_media_type"),
    (
        "invisible characters",
        lambda: "\u200b\u202e\ufeff\u00ad".encode() * 1000,
        "a.txt",
        "empty_text",
    ),
    ("private characters", lambda: "\ue000\uf123".encode() * 1000, "a.txt", "empty_text"),
    (
        "program called text",
        lambda: b"MZ\x90\x00\x03" + bytes(3000),
        "a.txt",
        "unsupported_media_type",
    ),
    (
        "picture called page",
        lambda: b"\x89PNG\r\n\x1a\n" + bytes(99),
        "a.html",
        "file_corrupt",
    ),
    (
        "XML with an external entity",
        lambda: (
            b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><a>&f;</a>"
        ),
        "a.xml",
        "unsupported_media_type",
    ),
    (
        "page of scripts",
        lambda: b"<html><script>var a='b';</script></html>",
        "a.html",
        "empty_text",
    ),
    (
        "page all hidden",
        lambda: b"<html><body><div hidden><p>oi</p></div></body></html>",
        "a.html",
        "empty_text",
    ),
    (
        "multipart in multipart, 5,000 deep",
        lambda: nested_mime(5000),
        "a.eml",
        "document_too_nested",
    ),
    ("20,000 parts", many_parts, "a.eml", "document_too_nested"),
    ("CSV of separators", lambda: b";;;;;;\n" * 50_000, "a.csv", "empty_text"),
    ("more text than allowed", lambda: b"palavra " * 800_000, "a.txt", "document_text_too_long"),
    ("gzip called CSV", lambda: b"\x1f\x8b\x08" + bytes(90), "a.csv", "unsupported_media_type"),
    ("RTF cut off", lambda: b"{\\rtf1 oi", "a.docx", "file_corrupt"),
]


@pytest.mark.parametrize(
    ("make", "name", "code"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
async def test_a_bad_text_gets_its_code(expect, make, name: str, code: str) -> None:
    await expect(make(), name, code)


READ = [
    (
        "200,000 comments that never end",
        lambda: b"<html>" + b"<div>" * 3000 + "férias".encode() + b"<!--" * 200_000,
        "a.html",
        "férias",
        None,
    ),
    (
        "100,000 nested elements",
        lambda: b"<html>" + b"<div>" * 100_000 + "férias".encode(),
        "a.html",
        "férias",
        None,
    ),
    (
        "100,000 nested inline elements",
        lambda: b"<html><p>" + b"<b><i>" * 50_000 + b"fundo",
        "a.html",
        "fundo",
        None,
    ),
    (
        "100,000 nested tables",
        lambda: b"<html>" + b"<table><tr><td>" * 33_000 + b"fundo",
        "a.html",
        "fundo",
        None,
    ),
    (
        "100,000 nested lists",
        lambda: b"<html>" + b"<ul><li>" * 50_000 + b"fundo",
        "a.html",
        "fundo",
        None,
    ),
    (
        "100,000 end tags",
        lambda: b"<html><p>antes" + b"</div></p></b>" * 33_000 + b"<p>depois",
        "a.html",
        "depois",
        None,
    ),
    (
        "20,000 attributes",
        lambda: b"<html><p " + b" ".join(b"a%d=1" % n for n in range(20_000)) + b">texto",
        "a.html",
        "texto",
        None,
    ),
    (
        "one attribute of 5 MB",
        lambda: b"<html><p title='" + b"x" * 5_000_000 + b"'>texto",
        "a.html",
        "texto",
        None,
    ),
    (
        "an entity bomb in HTML",
        lambda: b"<!DOCTYPE html [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><html><p>texto &b;",
        "a.html",
        "texto",
        None,
    ),
    (
        "an external entity in HTML",
        lambda: b"<!DOCTYPE html [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><html><p>texto &f;",
        "a.html",
        "texto",
        "root:",
    ),
    (
        "refresh and base",
        lambda: (
            b"<html><head><meta http-equiv=refresh content='0;url=http://127.0.0.1'>"
            b"<base href='http://127.0.0.1/'></head><p>texto"
        ),
        "a.html",
        "texto",
        "127.0.0.1",
    ),
    (
        "frames and objects",
        lambda: (
            b"<html><iframe src=http://127.0.0.1>SEGREDO</iframe><object data=x>"
            b"SEGREDO</object><p>texto"
        ),
        "a.html",
        "texto",
        "SEGREDO",
    ),
    (
        "a comment that never closes",
        lambda: b"<html><p>texto</p><!-- SEGREDO",
        "a.html",
        "texto",
        "SEGREDO",
    ),
    (
        "a script that never closes",
        lambda: b"<html><p>texto</p><script>SEGREDO",
        "a.html",
        "texto",
        "SEGREDO",
    ),
    (
        "zeros inside tags",
        lambda: b"<html><p>te\x00xto</p><scr\x00ipt>SEGREDO</scr\x00ipt>",
        "a.html",
        "texto",
        "SEGREDO",
    ),
    (
        "reordered text",
        "<html><p>pague \u202e0001\u202c reais".encode,
        "a.html",
        "pague 0001 reais",
        None,
    ),
    ("half characters", lambda: b"<html><p>&#xD83D; &#55357;texto", "a.html", "texto", None),
    (
        "impossible characters",
        lambda: b"<html><p>&#0;&#x110000;&#xFFFFFFFFF;texto",
        "a.html",
        "texto",
        None,
    ),
    ("half of UTF-8", lambda: "<html><p>férias e licença".encode()[:-2], "a.html", "férias", None),
    (
        "encodings that change midway",
        lambda: "Seção um.\n".encode() * 9 + "Seção dois.\n".encode("cp1252"),
        "a.txt",
        "Seção dois.",
        None,
    ),
    (
        "UTF-16 that lies",
        lambda: "<html><meta charset=utf-8><p>férias".encode("utf-16"),
        "a.html",
        "férias",
        None,
    ),
    (
        "zeros between letters",
        lambda: b"texto com\x00 zeros\x00 soltos " * 100,
        "a.txt",
        "texto com zeros",
        None,
    ),
    ("one line of 3 MB", lambda: b"a" * 3_000_000, "a.txt", "aaaa", None),
    ("a flood of accents", ("a" + "\u0301\u0323" * 300_000).encode, "a.txt", "ạ", None),
    (
        "a cell of a megabyte",
        lambda: b"nome;nota\nana;" + b"x" * 1_500_000 + b"\nbia;fim\n",
        "a.csv",
        "nome: bia | nota: fim",
        None,
    ),
    ("a quotation that never closes", lambda: b'a;b\n"aberta;1\n2;3\n', "a.csv", "aberta", None),
    (
        "50,000 columns",
        lambda: b";".join(b"c%d" % n for n in range(50_000)) + b"\n1;2\n",
        "a.csv",
        "c1: 2",
        None,
    ),
    (
        "a web page called CSV",
        lambda: b"<!doctype html><html><p>pagina de erro",
        "a.csv",
        "pagina de erro",
        None,
    ),
    (
        "a message in a message, 300 deep",
        lambda: forwarded(300),
        "a.eml",
        "encaminhada",
        "no fundo",
    ),
    (
        "a subject of a megabyte",
        lambda: make_eml("corpo").replace(b"Subject: ", b"Subject: " + b"x" * 10**6 + b"\n "),
        "a.eml",
        "corpo",
        None,
    ),
    (
        "an encoded subject that lies",
        lambda: b"From: a@x.br\nTo: b@x.br\nDate: x\nSubject: =?nada?Q?ol=E1?=\n\ncorpo",
        "a.eml",
        "olá",
        None,
    ),
    (
        "base64 that is none",
        lambda: (
            b"From: a@x.br\nTo: b@x.br\nSubject: s\nContent-Transfer-Encoding: base64\n\n!!!! corpo"
        ),
        "a.eml",
        "s",
        None,
    ),
    (
        "an attachment that climbs out",
        lambda: make_eml("corpo", attachment="../../etc/passwd"),
        "a.eml",
        "corpo",
        None,
    ),
    ("50,000 nested quotations", lambda: b">" * 50_000 + b" fundo\n\nfim", "a.md", "fim", None),
    (
        "5,000 nested lists in Markdown",
        lambda: b"\n".join(b" " * n + b"- item" for n in range(2000)),
        "a.md",
        "item",
        None,
    ),
    (
        "scripts in Markdown",
        lambda: b"# Titulo\n\n<script>SEGREDO</script>\n\ntexto",
        "a.md",
        "texto",
        "SEGREDO",
    ),
    ("a DOCX called text", make_docx, "a.txt", "Férias", None),
    (
        "a PDF called e-mail",
        lambda: make_pdf([["Texto do documento."]]),
        "a.eml",
        "Texto do documento.",
        None,
    ),
    ("a page in base64", lambda: base64.b64encode(b"<html>" * 100), "a.txt", "PGh0bWw", None),
]


@pytest.mark.parametrize(
    ("make", "name", "text", "without"), [row[1:] for row in READ], ids=[row[0] for row in READ]
)
async def test_an_odd_text_is_read_or_refused_clearly(
    expect, make, name: str, text: str, without: str | None
) -> None:
    await expect(make(), name, "parser_timeout", text=text, without=without)
