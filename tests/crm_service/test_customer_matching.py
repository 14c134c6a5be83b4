"""Who may be one and who is not, by cases that people know."""

import random
from datetime import date

import pytest

from cogep_assist.core.brazil.email_address import mailbox
from cogep_assist.core.brazil.names import telling_words
from cogep_assist.core.models import CustomerKind
from cogep_assist.crm_service.customers.customer_labels import REASONS
from cogep_assist.crm_service.customers.customer_matching import Profile, compare
from cogep_assist.crm_service.customers.word_distance import distance

BORN, PHONE, MAIL = date(1984, 2, 11), "+5561998765432", "ana.souza@gmail.com"
HOME = ("01310100", "100")


def who(
    name: str,
    *,
    born: date | None = None,
    phone: str | None = None,
    mail: str | None = None,
    cpf: str | None = None,
    cnpj: str | None = None,
    home: tuple[str, str] | None = None,
    kind: CustomerKind = CustomerKind.PERSON,
) -> Profile:
    return Profile(
        kind,
        (tuple(telling_words(name)),),
        cpf,
        cnpj,
        born,
        frozenset({mail} if mail else ()),
        frozenset({mailbox(mail)} if mail else ()),
        frozenset({phone} if phone else ()),
        home,
    )


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (who("Ana Souza", phone=PHONE), who("ANA SOUZA", phone=PHONE), "same_name"),
        (who("Ana Souza", mail=MAIL), who("Ana Sousa", mail=MAIL), "same_sound"),
        (
            who("Ana Lúcia Brandão", mail=MAIL),
            who("Ana L. Brandão", mail="anasouza@gmail.com"),
            "same_mailbox",
        ),
        (
            who("Rui Brandão Queiroz", born=BORN),
            who("Brandão Queiroz, Rui", born=BORN),
            "swapped_names",
        ),
        (who("José Brandão", phone=PHONE), who("Zé Brandão", phone=PHONE), "nickname"),
        (who("Fernando Falcão", phone=PHONE), who("Nando Falcão", phone=PHONE), "nickname"),
        (
            who("Solange Queiroz Sá", phone=PHONE),
            who("Sloange Queiroz Sá", phone=PHONE),
            "similar_name",
        ),
        (
            who("Íris Falcão Nóbrega", born=date(1984, 2, 11)),
            who("Iris Falcao Nobrega", born=date(1984, 11, 2)),
            "birth_date_swapped",
        ),
        (who("Marta Falcão", mail=MAIL), who("Marta Falcão Dantas", mail=MAIL), "same_email"),
        (
            who("Padaria Sol Ltda", phone=PHONE, kind=CustomerKind.ORGANIZATION),
            who("PADARIA SOL ME", phone=PHONE, kind=CustomerKind.ORGANIZATION),
            "same_name",
        ),
        (
            who("Pedro Falcão Filho", born=BORN, phone=PHONE, home=HOME),
            who("Pedro Falcão", born=BORN, phone=PHONE, home=HOME),
            "same_birth_date",
        ),
    ],
)
def test_these_are_suggested(one: Profile, other: Profile, reason: str) -> None:
    found = compare(one, other)
    assert found.is_suggested, found
    assert reason in found.reasons
    assert set(found.reasons) <= set(REASONS)
    assert compare(other, one).score == pytest.approx(found.score)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Namesakes, with nothing else in common.
        (who("Maria da Silva"), who("Maria da Silva")),
        (who("Maria da Silva", born=BORN), who("Maria da Silva", born=date(1990, 7, 3))),
        # Father and son, in one house.
        (
            who("Pedro Falcão", phone=PHONE, home=HOME),
            who("Pedro Falcão Filho", phone=PHONE, home=HOME),
        ),
        (
            who("Pedro Falcão Neto", born=BORN, phone=PHONE),
            who("Pedro Falcão Júnior", born=date(1990, 7, 3), phone=PHONE),
        ),
        # A couple, brother and sister, twins, mother and daughter.
        (who("Rui Falcão", phone=PHONE, home=HOME), who("Ana Falcão", phone=PHONE, home=HOME)),
        (who("Paulo Falcão", phone=PHONE), who("Paula Falcão", phone=PHONE)),
        (who("Luiz Falcão", phone=PHONE), who("Luiza Falcão", phone=PHONE)),
        (who("Maria Falcão", phone=PHONE), who("Mariana Falcão", phone=PHONE)),
        (
            who("Cosme Falcão", born=BORN, phone=PHONE, home=HOME),
            who("Damião Falcão", born=BORN, phone=PHONE, home=HOME),
        ),
        # Another register number ends the matter.
        (
            who("Ana Souza", cpf="1", born=BORN, mail=MAIL, phone=PHONE),
            who("Ana Souza", cpf="2", born=BORN, mail=MAIL, phone=PHONE),
        ),
        # Colleagues at one switchboard; a person and their firm.
        (who("Íris Nóbrega", phone="+556133334444"), who("Rui Falcão", phone="+556133334444")),
        (
            who("Sol Falcão", mail=MAIL),
            who("Sol Falcão", mail=MAIL, kind=CustomerKind.ORGANIZATION),
        ),
    ],
)
def test_these_are_not(one: Profile, other: Profile) -> None:
    assert not compare(one, other).is_suggested, compare(one, other)


def slow_distance(one: str, other: str) -> int:
    """Optimal string alignment, written down from its definition."""
    if not one or not other:
        return len(one) + len(other)
    best = min(
        slow_distance(one[1:], other) + 1,
        slow_distance(one, other[1:]) + 1,
        slow_distance(one[1:], other[1:]) + (one[0] != other[0]),
    )
    if len(one) > 1 and len(other) > 1 and one[:2] == other[1::-1]:
        best = min(best, slow_distance(one[2:], other[2:]) + 1)
    return best


def test_the_distance_is_the_slow_one_up_to_its_limit() -> None:
    chance = random.Random(5)
    for _ in range(400):
        one, other = ("".join(chance.choices("abc", k=chance.randrange(6))) for _ in range(2))
        for most in (0, 1, 2):
            assert distance(one, other, most) == min(slow_distance(one, other), most + 1)
