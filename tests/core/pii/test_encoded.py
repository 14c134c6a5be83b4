"""What a text holds and does not show is found: escapes, broken words, codes, numbers in words."""

import base64

from cogep_assist.core.pii.detect import PERSONAL, detect
from cogep_assist.core.pii.finding import Threshold

# The part in ⟦⟧ is personal.
HIDDEN = (
    '{"nome": "⟦Inaê da Concei\\u00e7\\u00e3o⟧", "cpf": "⟦\\u0035\\u0032\\u0039.982.247-25⟧"}',
    "O Sr. ⟦Jos=C3=A9 Ant=C3=B4nio Concei=C3=A7=C3=A3o⟧ pede vista",
    "From: ⟦=?utf-8?q?Jos=C3=A9_Ant=C3=B4nio_Concei=C3=A7=C3=A3o?=⟧ escreveu",
    "A Sra. ⟦Maria Apare-\ncida Gonzaga Tei-\n  xeira⟧ compareceu",
    "https://exemplo.gov.br/?nome=⟦Jos%C3%A9%20Gon%C3%A7alves⟧&cpf=⟦529%2E982%2E247-25⟧",
    "<td>⟦Iracema Gon&ccedil;alves Tup&atilde;⟧</td>",
    "veja " + "⟦" + base64.b64encode("CPF 529.982.247-25 de Inaê".encode()).decode() + "⟧ aqui",
    "hex ⟦" + b"Maria Aparecida Gonzaga".hex() + "⟧ aqui",
    "cpf ⟦cento e onze, quatrocentos e quarenta e quatro, setecentos e setenta e sete, 35⟧".replace(
        "35", "trinta e cinco"
    ),
)
NOBODYS = (
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 do arquivo",
    "custou cento e vinte mil, trezentos e quarenta e cinco reais e noventa e dois centavos",
    "crescimento de 20%da receita com x=E7 e y=35, sem infra-\nestrutura nova",
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
)


def test_what_escapes_and_codes_hide_is_hidden_before_a_text_leaves() -> None:
    for marked in HIDDEN:
        pieces = marked.replace("⟧", "⟦").split("⟦")
        text = "".join(pieces)
        found = detect(text, Threshold.EGRESS, detectors=PERSONAL)
        hidden = {at for each in found for at in range(each.start, each.end)}
        place = 0
        for number, piece in enumerate(pieces):
            if number % 2:
                assert hidden.issuperset(range(place, place + len(piece))), (piece, text)
            place += len(piece)
    for text in NOBODYS:
        assert detect(text, Threshold.EGRESS, detectors=PERSONAL) == [], text
