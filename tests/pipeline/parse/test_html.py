import pytest

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.document import ParsedDocument
from cogep_assist.pipeline.parse.html import parse

PAGE = """<!DOCTYPE html><html lang="pt-br"><head><title>Férias - Portal do Servidor</title>
<style>.oculto{display:none} @media print{.nota{display:none}} #fantasma{font-size:0}</style>
<script>var x="segredo";</script><meta name="author" content="Coordenação"></head><body>
<header class="topo"><a href="/">Portal</a></header>
<nav><ul><li><a href="/a">Início</a><li><a href="/b">Serviços</a></ul></nav>
<div id="cookie-banner">Usamos cookies. <button>Aceitar</button></div>
<main><h1>Férias</h1><p>O servidor tem direito a <b>30 dias</b> de férias,<br>por exercício.</p>
<h2>Como pedir</h2><p>Siga os passos:</p><ol start="3"><li>Acesse o sistema<li>Escolha o período
<ul><li>até três etapas</ul></ol>
<table><tr><th>Cargo</th><th>Dias</th></tr><tr><td>Técnico<td>30</tr></table>
<blockquote>Art. 1<sup>o</sup> A lei.</blockquote><pre>linha 1
   linha 2</pre><p class="nota">Nota visível.</p></main>
<footer>Rua das Flores, 10</footer></body></html>"""


def read(html: str | bytes, declared: str | None = "text/html") -> ParsedDocument:
    data = html if isinstance(html, bytes) else html.encode()
    return parse(data, ParseContext(declared_type=declared))


def body(inner: str) -> str:
    return f"<html><body><h1>Título</h1><p>Texto visível.</p>{inner}</body></html>"


def test_a_page_gives_its_content_in_blocks() -> None:
    document = read(PAGE)

    assert document.text == (
        "Férias\n\nO servidor tem direito a 30 dias de férias,\npor exercício.\n\nComo pedir\n\n"
        "Siga os passos:\n\n3. Acesse o sistema\n4. Escolha o período\naté três etapas\n\n"
        "Cargo: Técnico | Dias: 30\n\nArt. 1º A lei.\n\nlinha 1\n   linha 2\n\nNota visível."
    )
    assert [(block.kind, block.level) for block in document.blocks] == [
        ("heading", 1), ("paragraph", 0), ("heading", 2), ("paragraph", 0), ("list_item", 0),
        ("list_item", 0), ("list_item", 0), ("table_row", 0), ("quote", 0),
        ("code", 0), ("paragraph", 0),
    ]  # fmt: skip
    assert document.title == "Férias"
    assert document.language == "pt-BR"
    assert document.metadata["author"] == "Coordenação"


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display: none">SEGREDO</p>',
        '<div style="visibility:hidden"><p>SEGREDO</p></div>',
        "<p hidden>SEGREDO</p>",
        '<p aria-hidden="true">SEGREDO</p>',
        '<p style="font-size:0px">SEGREDO</p>',
        '<p style="opacity:0">SEGREDO</p>',
        '<p style="color:#fff;background:white">SEGREDO</p>',
        '<p><font color="#FFFFFF">SEGREDO</font></p>',
        '<p style="position:absolute;left:-9999px">SEGREDO</p>',
        "<style>.x{display:none}</style><p class='a x'>SEGREDO</p>",
        "<style>#y{visibility:hidden}</style><p id=y>SEGREDO</p>",
        "<!-- SEGREDO -->",
        "<script>SEGREDO</script>",
        "<template><p>SEGREDO</p></template>",
        "<noscript>SEGREDO</noscript>",
        "<svg><text>SEGREDO</text></svg>",
        '<input value="SEGREDO">',
        "<select><option>SEGREDO</select>",
        "<textarea>SEGREDO</textarea>",
        '<p><img src="x" alt="SEGREDO"></p>',
        "<p><strike>SEGREDO</strike></p>",
        '<p style="text-decoration: line-through">SEGREDO</p>',
        "<nav><p>SEGREDO</p></nav>",
        '<div class="cookie-consent">SEGREDO</div>',
    ],
)
def test_what_a_reader_does_not_see_is_no_text(hidden: str) -> None:
    document = read(body(hidden))
    assert "SEGREDO" not in document.text
    assert "Texto visível." in document.text


@pytest.mark.parametrize(
    "shown",
    [
        '<button aria-controls="p1">+</button><div id="p1" hidden><p>RESPOSTA</p></div>',
        '<div class="accordion-content" style="display:none"><p>RESPOSTA</p></div>',
        "<details><summary>Pergunta</summary><p>RESPOSTA</p></details>",
        '<p hidden="until-found">RESPOSTA</p>',
        '<p style="color:#fff;background:#003">RESPOSTA</p>',
        '<p><img src="g.png" alt="RESPOSTA do gráfico de férias"></p>',
        "<table role=presentation><tr><td><p>RESPOSTA</p></td><td>x</td></tr></table>",
        "<custom-tag>RESPOSTA</custom-tag>",
        "<li>RESPOSTA",
        "<!-- a --><p>RESPOSTA<!-- b --></p>",
        '<div class="page-with-menu"><p>RESPOSTA</p></div>',
    ],
)
def test_what_a_reader_can_open_is_text(shown: str) -> None:
    assert "RESPOSTA" in read(body(shown)).text


def test_links_around_the_text_are_left_out_of_a_page_that_names_no_content() -> None:
    links = "".join(f'<li><a href="/{n}">Seção {n}</a></li>' for n in range(12))
    document = read(
        f"<body><div><ul>{links}</ul></div><h1>Licença</h1>"
        f"<p>{'A licença para capacitação é concedida no interesse do órgão. ' * 8}</p></body>"
    )
    assert "Seção 7" not in document.text
    assert "capacitação" in document.text


def test_a_page_of_links_alone_keeps_them() -> None:
    links = "".join(f'<li><a href="/{n}">Portaria nº {n}</a></li>' for n in range(12))
    assert "Portaria nº 7" in read(f"<body><ul>{links}</ul></body>").text


@pytest.mark.parametrize("depth", [300, 3_000, 100_000])
def test_deep_nesting_still_gives_the_text(depth: int) -> None:
    html = f"<body>{'<div>' * depth}<p>No fundo há férias.</p>{'</div>' * depth}<p>Fim.</p>"
    assert read(html).text == "No fundo há férias.\n\nFim."


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-16"])
def test_a_charset_that_lies_does_no_harm(encoding: str) -> None:
    html = '<html><meta charset="utf-8"><body><p>Concessão de férias à servidora.</p></body></html>'
    document = read(html.encode(encoding), declared="text/html; charset=iso-8859-5")
    assert document.text == "Concessão de férias à servidora."


def test_every_offset_is_exact() -> None:
    document = read(PAGE)
    rebuilt = "".join(document.text[block.start : block.end] for block in document.blocks)
    assert rebuilt.replace("\n", "") == document.text.replace("\n", "")


@pytest.mark.parametrize(
    "html", ["<html></html>", "<p>&nbsp;</p>", "<script>x</script>", "<p>---</p>"]
)
def test_a_page_without_text_is_an_error(html: str) -> None:
    with pytest.raises(AppError, match="empty_text"):
        read(html)
