"""An e-mail for the desk: what is new in it, what it quotes, its files, its report."""

import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from cogep_assist.core.errors import AppError
from cogep_assist.pipeline.parse.child import ParserPool
from cogep_assist.pipeline.parse.child_main import _cpu_seconds
from cogep_assist.pipeline.parse.limits import MIB, ParseLimits
from cogep_assist.pipeline.parse.mail_html import text_of_html
from cogep_assist.pipeline.parse.mail_message import parse_mail
from cogep_assist.pipeline.parse.mail_quotes import MARKER, split_quoted

SAID = "Bom dia,\n\nA guia não foi emitida. Segue em anexo."
QUOTATIONS = {
    "our own line": f"{MARKER}\n\nOlá, João!\nRecebemos o seu pedido.",
    "gmail": "Em seg., 3 de nov. de 2026 às 10:00, Atendimento <a@b.test> escreveu:\n> Olá",
    "gmail, broken": "Em seg., 3 de nov. de 2026 às 10:00, Desk\n<a@b.test> escreveu:\n\n> x",
    "english": "On Mon, Nov 3, 2026 at 10:00 AM Desk <a@b.test> wrote:\n> Hello",
    "outlook": "De: Desk <a@b.test>\nEnviada em: segunda-feira\nPara: João\nAssunto: Guia\n\nOi",
    "outlook web": "_______________________________\nDe: Desk\nEnviado: hoje\nPara: João\nOi",
    "original": "-----Mensagem original-----\nDe: x\nOlá",
    "all quoted": "> Olá, João!\n>\n> Recebemos",
    "signature": "-- \nJoão da Conceição\nDiretoria",
    "mobile": "Enviado do meu iPhone",
    "mobile, Portugal": "Enviada a partir do meu iPhone",
    "mobile, other": "Enviado pelo meu Motorola",
}


@pytest.mark.parametrize("how", QUOTATIONS)
def test_what_is_quoted_is_parted_from_what_is_new(how: str) -> None:
    said, folded = split_quoted(f"{SAID}\n\n{QUOTATIONS[how]}")
    assert said == SAID
    assert folded == QUOTATIONS[how].strip()


def test_words_that_only_look_like_a_quotation_stay() -> None:
    for text in (
        "Em 3 de novembro abri um chamado.\nNinguém escreveu de volta.",
        "De: Brasília\nChego amanhã.",
        "> O prazo é de 30 dias?\nSim.\n> E o valor?\nCem reais.",
        f"{MARKER}\n\nOlá",
    ):
        assert split_quoted(text)[0] == text.strip()


def test_html_leaves_words_alone() -> None:
    page = (
        "<html><head><style>p{}</style></head><body><p>Olá,&nbsp;<b>equipe</b></p>"
        "<script>alert(1)</script><div style='display: none'>oculto</div>"
        "<ul><li>um</li><li>dois</li></ul><img src='http://x.test/espiao.gif' onerror=alert(1)>"
        "<a href='javascript:alert(1)'>aqui</a>"
        "<div class='gmail_quote'>Em seg., 3 de nov., A escreveu:"
        "<blockquote>velho</blockquote></div>"
    )
    assert text_of_html(page).split("\n") == [
        *("Olá, equipe", "", "- um", "- dois", "", "aqui"),
        *("> Em seg., 3 de nov., A escreveu:", "> velho"),
    ]
    assert "fundo" in text_of_html("<div>" * 5000 + "fundo")


def whole() -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = '"João da Conceição" <joao@exemplo.com.br>'
    message["To"] = "atendimento@orgao.gov.br"
    message["Subject"] = "Guia não emitida"
    message["Message-ID"] = "<a1@exemplo.com.br>"
    message["References"] = "<r1@x> <r2@x> <r1@x>"
    message["In-Reply-To"] = "<r2@x>"
    message["Auto-Submitted"] = "No"
    message["Authentication-Results"] = "mx.test; spf=pass smtp.mailfrom=exemplo.com.br"
    message.set_content(f"{SAID}\n\n> Olá", charset="iso-8859-1", cte="quoted-printable")
    message.add_alternative("<p>outra coisa</p>", subtype="html")
    message.add_attachment(
        b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="guia nº 1.pdf"
    )
    return message


async def test_a_message_is_read_in_the_child() -> None:
    pool = ParserPool(1)
    try:
        mail = await pool.parse_mail(whole().as_bytes(), limits=ParseLimits())
        assert mail.sender == (("João da Conceição", "joao@exemplo.com.br"),)
        assert mail.to == (("", "atendimento@orgao.gov.br"),)
        assert (mail.subject, mail.message_id) == ("Guia não emitida", "a1@exemplo.com.br")
        assert (mail.references, mail.in_reply_to) == (("r1@x", "r2@x"), ("r2@x",))
        assert (mail.said, mail.folded) == (SAID, "> Olá")
        (file,) = mail.files
        assert (file.name, file.content) == ("guia nº 1.pdf", b"%PDF-1.4 x")
        assert mail.marks == {"auto-submitted": "no"}
        assert "spf=pass" in mail.authentication[0]
        assert mail.report is None
        for hostile in (b"\x00\xff" * 500, b"\n\n", b"Content-Type: multipart/mixed\n\nx", b"a"):
            assert (await pool.parse_mail(hostile, limits=ParseLimits())).sender == ()
        with pytest.raises(AppError, match="document_too_nested"):
            await pool.parse_mail(b"boundary=" * 300, limits=ParseLimits())
    finally:
        pool.close()


def test_a_delivery_report_tells_who_failed_and_about_which_message() -> None:
    raw = (
        b"From: MAILER-DAEMON@mx.test\r\nTo: atendimento@orgao.gov.br\r\nReturn-Path: <>\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nfalhou\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
        b"Final-Recipient: rfc822; maria@exemplo.com.br\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <nosso@orgao.gov.br>\r\n\r\n"
        b"--b--\r\n"
    )
    header, _ = parse_mail(raw)
    assert header["report"] == {
        "recipients": [["maria@exemplo.com.br", "failed", "5.1.1"]],
        "about": "nosso@orgao.gov.br",
    }
    assert header["return_path"] == "<>"


def _message(body: bytes, kind: str, header: bytes = b"") -> bytes:
    return b"From: Ana <ana@x.test>\r\n" + header + f"Content-Type: {kind}\r\n\r\n".encode() + body


def _mixed(kind: str, *parts: tuple[str, bytes], header: bytes = b"") -> bytes:
    body = b"".join(b"--B\r\nContent-Type: %b\r\n\r\n%b\r\n" % (k.encode(), b) for k, b in parts)
    return _message(body + b"--B--\r\n", f"multipart/{kind}; boundary=B", header)


def test_no_part_of_a_message_is_lost() -> None:
    """A list's footer is no reason to drop the letter above it; only alternatives are chosen of."""
    html, plain = "text/html; charset=utf-8", "text/plain; charset=utf-8"
    long = ("<p>" + "Segue o pedido inteiro, com os prazos. " * 40 + "</p>").encode()
    for raw, said in (
        (
            _mixed("mixed", (html, "<p>Olá, já foi?</p>".encode()), (plain, b"Lista")),
            "Olá, já foi?",
        ),
        (_mixed("mixed", (plain, b"Um"), (html, b"<p>Dois</p>")), "Um\n\nDois"),
        (_mixed("mixed", (plain, b"Um so"), (html, b"<p>Um <b>so</b></p>")), "Um so"),
        (_mixed("alternative", (plain, b"simples"), (html, b"<p>rico</p>")), "simples"),
        (_mixed("alternative", (plain, b" \r\n"), (html, b"<p>rico</p>")), "rico"),
        (_mixed("alternative", (plain, b"Veja em HTML."), (html, long)), "Segue o pedido inteiro"),
        (b"\xef\xbb\xbf" + _message(b"Oi", plain), "Oi"),
        (_message(b"x\n" * 30_000 + b"fim", plain), "x\n" * 30_000 + "fim"),
    ):
        header, _ = parse_mail(raw)
        assert header["said"].startswith(said), raw[:300]
        assert header["from"] == [["Ana", "ana@x.test"]]
    files = [(f"text/csv; name=a{number}.csv", b"x") for number in range(600)]
    header, body = parse_mail(_mixed("mixed", (plain, b"Segue"), *files))
    assert (header["said"], len(header["attachments"]), header["left_out"]) == ("Segue", 100, 500)
    assert body == b"x" * 100
    # In pieces, or kept elsewhere: not a word of it can be read, and it is there all the same.
    for kind in ("message/partial; id=1; number=1", "message/external-body; access-type=URL"):
        header, _ = parse_mail(_message(b"Subject: x\r\n\r\nparte", kind))
        assert header["attachments"][0][0] == "mensagem.eml"


def test_a_file_s_name_is_read_however_it_is_written() -> None:
    for said in (
        b"=?iso-8859-1?Q?relat=F3rio.exe?=",
        "relatório.exe".encode(),
        "relatório.exe".encode("latin-1"),
    ):
        kind = b'application/pdf\r\nContent-Disposition: attachment; filename="%b"' % said
        raw = _mixed("mixed", ("text/plain", b"Segue"), (kind.decode("latin-1"), b"x"))
        if not said.isascii():
            raw = raw.replace(said.decode("latin-1").encode(), said)
        assert parse_mail(raw)[0]["attachments"] == [["relatório.exe", "application/pdf", 1]]
    for kind, name in (("text/calendar; method=REQUEST", "anexo.ics"), ("text/rtf", "anexo.rtf")):
        assert parse_mail(_message(b"x", kind))[0]["attachments"][0][0] == name


def test_a_sender_is_read_whatever_stands_around_the_address() -> None:
    for said, expected in (
        ("João <joão@açaí.test>".encode(), [["João", "joão@açaí.test"]]),
        ("João <j@x.test>".encode("latin-1"), [["João", "j@x.test"]]),
        (b"(" * 20_000, []),
        (b'"a@b.test" <outro@x.test>', [["a@b.test", "outro@x.test"]]),
    ):
        assert parse_mail(b"From: " + said + b"\r\n\r\nOi")[0]["from"] == expected


def test_words_that_nobody_sees_in_an_html_letter_are_not_read() -> None:
    unseen = (
        *("display:none", "visibility:hidden", "font-size:0", "opacity:0", "mso-hide:all"),
        *("max-height:0;overflow:hidden", "color:#FFFFFF", "color: white; font-size: 9px"),
        "position:absolute;left:-9999px",
    )
    page = "<style>.x{display:none}</style><p>Visto</p><p hidden>S</p><p class=x>S</p>"
    page += "".join(f'<div style="{style}">SEGREDO<b>S</b></div>' for style in unseen)
    page += '<table bgcolor="#003366"><tr><td style="color:#ffffff">Faixa</td></tr></table>'
    page += '<div style="background:#036"><span style="color:white">Aviso</span></div>'
    assert text_of_html(page).split() == ["Visto", "Faixa", "Aviso"]


def test_html_that_was_made_to_be_slow_is_read_at_once() -> None:
    began = time.process_time()
    # Too deep for a tree, so read as words; no tag among these beginnings has an end.
    assert text_of_html("<div>" * 3000 + "prazo " + "<" * 1_000_000).startswith("prazo")
    assert time.process_time() - began < 3
    assert _cpu_seconds(b"<p " + b"a=1 " * MIB, ParseLimits()) == 50
    assert _cpu_seconds(b"%PDF-1.7 ", ParseLimits()) == ParseLimits().cpu_seconds
    assert _cpu_seconds(b"x", ParseLimits(cpu_seconds=5)) == 5


@pytest.mark.parametrize(
    "text",
    [
        f"Bom dia\n{' ' * 1_000_000}x\nMaria",
        f"Bom dia\n{'> ' * 500_000}x\nMaria",
        "> a\n" * 19_000 + "Maria",
        f"Bom dia\nDe: {' ' * 1_000_000}x\nMaria",
    ],
    ids=["blanks", "signs", "quoted lines", "a head"],
)
def test_a_letter_of_endless_lines_is_parted_at_once(text: str) -> None:
    began = time.process_time()

    said, _ = split_quoted(text)

    assert time.process_time() - began < 1
    assert said


def test_rows_of_a_table_in_a_letter_are_lines_whose_cells_are_told_apart() -> None:
    outlook = (
        "<table><tr><td><table><tr><td><p>Programa</p></td></tr></table>"
        "<table border=1><tr><td><p>Dia</p></td><td><p>Local</p></td></tr>"
        "<tr><td><p>26/10</p></td><td><p>Pátio</p><p>coberto</p></td></tr></table></td></tr></table>"
        "<p>Até lá.</p>"
    )
    assert text_of_html(outlook).split("\n") == [
        "Programa", "", "Dia | Local", "26/10 | Pátio coberto", "", "Até lá.",
    ]  # fmt: skip


def test_what_only_places_things_in_a_letter_has_no_bars() -> None:
    signature = "<table><tr><td><img src=x></td><td>Rosa Prado<br>Protocolo</td></tr></table>"
    columns = (
        f"<table><tr><td>{'a ' * 150}</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>"
    )
    for markup in (signature, columns, "<table><tr><td>Um</td><td>só</td></tr></table>"):
        assert "|" not in text_of_html(markup)
