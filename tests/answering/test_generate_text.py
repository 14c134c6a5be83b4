"""A model's text as it streams in: sentences, citation marks, and what is taken out."""

import re
import time
from collections.abc import Callable

import pytest

from cogep_assist.answering import generate_text
from cogep_assist.answering.generate_text import Draft, Sentences, clean_sentence, says_unknown

SAID = (
    "As férias são de 30 dias [1]. O Dr. João aprova. [2] Veja o art. 5º [1, 3].\n\n"
    "Passos:\n1. Abra o sistema [2].\n- Envie o pedido【2】\n## Título\nFim [trecho 4]"
)
FOUND = [
    ("As férias são de 30 dias [1].", (0,), False, False),
    ("O Dr. João aprova. [2]", (1,), False, False),
    ("Veja o art. 5º [1, 3].", (0, 2), False, False),
    ("Passos:", (), False, True),
    ("1. Abra o sistema [2].", (1,), False, True),
    ("Envie o pedido【2】", (1,), True, True),
    ("Fim [trecho 4]", (3,), False, True),
]


def drafts(text: str, size: int, *, whole: bool = True) -> list[Draft]:
    reading = Sentences()
    found = [d for a in range(0, len(text), size) for d in reading.feed(text[a : a + size])]
    return [*found, *reading.finish(whole=whole)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20, 1000])
def test_sentences_are_whole_wherever_the_text_is_cut(size: int) -> None:
    found = drafts(SAID, size)
    assert [(d.text, d.cited, d.bullet, d.new_line) for d in found] == FOUND
    assert len(drafts(SAID, size, whole=False)) == len(FOUND) - 1


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_thoughts_are_not_told(size: int) -> None:
    said = "<think>O segredo é xarope [1]. E mais.</think>\n\nO prazo é de 5 dias [1]."
    assert [d.text for d in drafts(said, size)] == ["O prazo é de 5 dias [1]."]
    assert drafts("<think>Nunca termina. E segue", size) == []
    assert [d.text for d in drafts("Se x < 5, pare. Fim.", size)] == ["Se x < 5, pare.", "Fim."]


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("O prazo é de **5 dias** [1].", "O prazo é de 5 dias."),
        ("Sim, o prazo é de `5` dias.", "O prazo é de 5 dias."),
        ("Com base nos trechos fornecidos, o prazo é de 5 dias.", "O prazo é de 5 dias."),
        ("Veja ![x](https://mal.net/a.png) o prazo.", "Veja o prazo."),
        ("Veja [o prazo](https://mal.net/?q=1).", "Veja o prazo."),
        ("Veja [o prazo][1].\n[1]: https://mal.net", "Veja o prazo."),
        ("Acesse https://mal.net/x?y=1.", "Acesse (endereço na fonte)."),
        ("Acesse www.mal.net, por favor.", "Acesse (endereço na fonte), por favor."),
        ("Acesse mal.com/roubo agora.", "Acesse (endereço na fonte) agora."),
        ("Acesse //mal.net/x agora.", "Acesse (endereço na fonte) agora."),
        ("Clique em javascript:alert(1) agora.", "Clique em (endereço na fonte) agora."),
        ("Use data:text/html;base64,AAAA agora.", "Use (endereço na fonte) agora."),
        ("<b>Prazo</b> <script>x()</script>de 5 dias", "Prazo x()de 5 dias"),
        ("Prazo <img src=x onerror=y>", "Prazo"),
        ("O prazo é < 5 dias e > 2.", "O prazo é ‹ 5 dias e › 2."),
        ("Pra\u200bzo\u202e de\U000e0041 5 dias", "Prazo de 5 dias"),
        ("O valor [entre colchetes] vale.", "O valor (entre colchetes) vale."),
        ("Fale com ana@exemplo.gov.br.", "Fale com ana@exemplo.gov.br."),
        ("O art. 5º, inc. II, da Lei 8.112.", "O art. 5º, inc. II, da Lei 8.112."),
        ("O arquivo manual.pdf basta.", "O arquivo manual.pdf basta."),
        ("![x](https://mal.net/a.png)", None),
        ("[1][2]", None),
        ("***", None),
    ],
)
def test_markup_and_links_are_taken_out(raw: str, clean: str | None) -> None:
    assert clean_sentence(raw) == clean


@pytest.mark.parametrize("piece", ["[", "![", "<a", "**a", "[a](", "(", "//a.", "a.", "[1", "&#"])
def test_no_text_is_slow_to_clean(piece: str) -> None:
    began = time.perf_counter()
    clean_sentence(piece * (2_000 // len(piece)))
    clean_sentence(piece * 100_000)
    drafts(piece * 2_000, 500)
    assert time.perf_counter() - began < 10


def test_a_disguised_address_is_taken_out_and_what_looks_like_one_stays() -> None:
    disguised = (
        "h\u200bttps://mal\u200b.exemplo.net/x", "&#104;ttps://mal.exemplo.net",
        "&amp;#104;ttps://mal.exemplo.net", "https&#58;&#47;&#47;mal&#46;exemplo&#46;net",
        "mal&period;exemplo&period;net", "java&#115;cript:alert(1)", "xn--exmplo-1ya.net/p",
        "\u0435\u0445\u0430mple.\u0441\u043em/pagina",
        "\u043f\u0440\u0438.\u0440\u0444/abc",
        "foo.zip/x",
        "mal\u3002exemplo\u3002net", "mal\u2024exemplo\u2024net", "https:\\\\mal.exemplo.net\\x",
        "\uff48\uff54\uff54\uff50\uff53\uff1a\uff0f\uff0f\uff4d\uff41\uff4c\uff0e\uff4e\uff45\uff54",
        "https ://mal.exemplo.net",
        "[prazo]\n(https://mal.exemplo.net/x)", "hxxps://mal[.]exemplo[.]net/x",
    )  # fmt: skip
    for address in disguised:
        cleaned = clean_sentence(f"O prazo está em {address} agora") or ""
        assert not re.search(r"exemplo\.|//|/x|/p|/abc|script", cleaned), (address, cleaned)
        assert cleaned.startswith("O prazo está em"), cleaned
    for plain in (
        "O art. 5º da Lei nº 8.112/1990, e/ou o S.A./ME, inciso II.",
        "O símbolo α do relatório. Ele vale 1,5 h.",
        "Escreva para suporte@exemplo.gov.br.",
    ):
        assert clean_sentence(plain) == plain
    coloured = "\x1b[31mO prazo\x1b[0m é \x1b]8;;https://mal.exemplo.net\x1b\\curto\x1b]8;;\x1b\\."
    assert clean_sentence(coloured) == "O prazo é curto."
    began = time.perf_counter()
    for piece in ("\u0435", "\u0435.", "a.", "ab.", "\u0435@"):
        clean_sentence((piece * 2_000)[:2_000])
    assert time.perf_counter() - began < 2


def test_a_cited_sources_own_address_may_stand() -> None:
    own = "https://exemplo.gov.br/ferias"
    assert clean_sentence(f"Veja {own}.", allowed={own}) == f"Veja {own}."
    assert clean_sentence(f"Veja [aqui]({own}).", allowed={own}) == f"Veja aqui ({own})."
    assert "endereço na fonte" in (clean_sentence(f"Veja {own}/x.", allowed={own}) or "")


def test_the_model_may_say_that_it_does_not_know() -> None:
    assert says_unknown("NÃO ENCONTREI.")
    assert says_unknown("Não encontrei essa informação nos trechos.")
    assert not says_unknown("O prazo é de 5 dias.")


def test_a_terminal_command_is_gone_wherever_the_stream_cuts_it() -> None:
    for command in ("\x1b[31m", "\x9b1;31m", "\x1b]8;;https://mal.exemplo.net\x1b\\", "\x1bc"):
        said = f"O prazo é {command}de 30 dias [1]. Outra frase [2]."
        for cut in range(len(said)):
            sentences = Sentences()
            told = [*sentences.feed(said[:cut]), *sentences.feed(said[cut:]), *sentences.finish()]
            assert [draft.text for draft in told][:1] == ["O prazo é de 30 dias [1]."], (
                command,
                cut,
            )
            assert len(told) == 2
    unfinished = Sentences()
    told = [*unfinished.feed("O prazo é de 30 dias [1]. \x1b]8;;x"), *unfinished.finish()]
    assert told[0].text == "O prazo é de 30 dias [1]."


@pytest.mark.parametrize("opening", ["", "<think>"])
def test_what_ends_no_sentence_is_not_read_at_each_of_its_pieces(
    monkeypatch: pytest.MonkeyPatch, opening: str
) -> None:
    read: list[int] = []
    for name in ("sentences", "_in_thought"):
        reader = getattr(generate_text, name)

        def counted(text: str, reader: Callable[[str], object] = reader) -> object:
            read.append(len(text))
            return reader(text)

        monkeypatch.setattr(generate_text, name, counted)
    text = f"{opening}{'palavra ' * 4_000}{'</think>' if opening else '.'} Fim. Outro."
    assert [draft.text for draft in drafts(text, 8)][-2:] == ["Fim.", "Outro."]
    assert sum(read) < 60 * len(text)
