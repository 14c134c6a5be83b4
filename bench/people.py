"""People who do not exist, seeded: their records, and second records of the same people.

Names are drawn from lists by weight, so that many share a surname and some a whole name.
Families share a house, a telephone and surnames; fathers and sons all but one word; twins
a birth date: they are what must not be taken for one.
"""

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

_FIRST = """
Maria*9 José*6 Ana*8 João*6 Antônio*4 Francisco*3 Carlos*4 Paulo*3 Pedro*3 Lucas*3 Luiz*3 Marcos*2
Luís*2 Gabriel*3 Rafael*3 Francisca Daniel*2 Marcelo*2 Bruno*2 Eduardo*2 Felipe*2 Raimundo
Rodrigo*2 Adriana*2 Juliana*3 Márcia*2 Fernanda*3 Patrícia*2 Aline*2 Sandra Camila*2 Amanda*2
Bruna*2 Jéssica*2 Letícia*2 Júlia*2 Luciana*2 Vanessa*2 Mariana*2 Gabriela*2 Vera Vitória
Larissa*2 Cláudia Beatriz*2 Rita Luana Sônia Renata*2 Eliane Terezinha Sebastiana Simone
Cristiane*2 Viviane Gisele Thiago*2 Tiago Vinícius Leandro Guilherme*2 Gustavo*2 Alexandre*2
Ricardo*2 Roberto Sérgio Fábio Diego Leonardo Edson Everton Wagner Wellington Wesley Jefferson
Anderson*2 Cícero Benedito Sebastião Severino Valdir Osvaldo Edmilson Genivaldo Ivanildo Josefa
Ivone Neusa Marlene Rosângela Aparecida Regina Solange Débora Tatiane Priscila Natália Caroline
Isabela Helena Alice Sofia Laura Heloísa Yasmin Rayane Thais Taís Michele Danielle Kátia Iara
Iracema Jandira Hélio Hugo Igor Ítalo Jair Jonas Kaique Lauro Mauro Milton Moacir Nelson Nilton
Otávio Renan Samuel Saulo Tomás Ubirajara Valter Yuri
"""
_MIDDLE = """
Aparecida*3 da_Conceição*2 das_Graças de_Fátima*2 do_Carmo de_Lourdes Cristina*2 Lúcia*2 Eduarda
Clara Luiza Paula Carolina Henrique*2 Augusto*2 Roberto Eduardo*2 César Alberto Fernando Luís
Vítor Gabriel Rodrigues*2 Ferreira*2 Gomes*2 Martins Barbosa Rocha Dias Nunes Moreira Cardoso
Teixeira Cavalcante Ramos Freitas Moura Duarte Peixoto Siqueira Antunes Bittencourt Coutinho
Drummond Figueira
"""
_LAST = """
Silva*12 Santos*9 Oliveira*7 Souza*7 Sousa*2 Pereira*5 Lima*4 Ferreira*5 Costa*5 Rodrigues*5
Almeida*4 Nascimento*4 Alves*4 Carvalho*3 Araújo*3 Ribeiro*3 Gomes*3 Martins*2 Rocha*2 Barbosa*2
Dias*2 Nunes Moreira Cardoso Teixeira Cavalcante Ramos Freitas Moura Duarte Peixoto Siqueira
Antunes Bittencourt Coutinho Drummond Figueiredo Guimarães Holanda Ishikawa Jardim Kowalski
Lacerda Magalhães Nogueira Ornelas Pacheco Queiroz Resende Sampaio Tavares Uchôa Vasconcelos
Xavier Yamamoto Zanetti Assunção Brandão Camargo Dantas Evangelista Falcão Gusmão Hoffmann Leitão
Mascarenhas Novaes Portela Quintanilha Rangel Salgado Toledo Valadares Wanderley Zimmermann Ávila
Bezerra Chaves Damasceno
"""
_NICK = {
    "José": "Zé",
    "Francisco": "Chico",
    "Sebastião": "Tião",
    "Beatriz": "Bia",
    "Gabriela": "Gabi",
    "Rafael": "Rafa",
    "Daniel": "Dani",
    "Fernanda": "Nanda",
    "Eduardo": "Dudu",
    "Antônio": "Toninho",
    "Carlos": "Carlinhos",
    "Patrícia": "Paty",
    "Mariana": "Mari",
    "Leonardo": "Léo",
    "Guilherme": "Gui",
    "Felipe": "Lipe",
    "Isabela": "Bela",
    "Alexandre": "Xande",
    "Roberto": "Beto",
    "Juliana": "Ju",
}
_SOUND_ALIKE = (
    ("Souza", "Sousa"),
    ("Luiz", "Luís"),
    ("Thiago", "Tiago"),
    ("Wagner", "Vagner"),
    ("Thais", "Taís"),
    ("Michele", "Michelly"),
    ("Danielle", "Daniele"),
    ("Queiroz", "Queirós"),
    ("Resende", "Rezende"),
    ("Felipe", "Filipe"),
)
_NEAR_KEYS = {"a": "sq", "e": "rw", "i": "uo", "o": "ip", "s": "ad", "r": "te", "n": "mb", "l": "k"}
AREAS = ["11", "21", "31", "61", "71", "81", "85", "92", "51", "41"]


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a person; ``person`` says of whom."""

    person: int
    words: tuple[str, ...]
    birth_date: date | None = None
    email: str | None = None
    phone: str | None = None
    cep: str | None = None
    street_number: str | None = None
    cpf: str | None = None
    noise: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """The name as written."""
        return " ".join(self.words)


def generate(people: int, seed: int) -> list[Record]:
    """Return records of so many people, a third of whom have a second or third one."""
    chance = random.Random(seed)
    records: list[Record] = []
    number = 0
    while number < people:
        family = list(_household(chance, number, people - number))
        number += len(family)
        records += family
    doubled = chance.sample(records, len(records) * 35 // 100)
    for record in doubled:
        for _ in range(1 if chance.random() < 0.85 else 2):
            records.append(_second(chance, record))
    chance.shuffle(records)
    return records


def _household(chance: random.Random, number: int, most: int) -> Iterator[Record]:
    """Give one person, or a family that shares what families share."""
    size = min(most, chance.choices([1, 2, 3, 4], [70, 15, 9, 6])[0])
    last = _pick(chance, _LAST)
    cep = f"{chance.randrange(1000, 39999):05d}{chance.randrange(1000):03d}"
    house = str(chance.randrange(1, 2500))
    fixed = f"({chance.choice(AREAS)}) {chance.randrange(2000, 5999)}-{chance.randrange(10000):04d}"
    first: Record | None = None
    for place in range(size):
        record = _person(chance, number + place, last)
        if size > 1:
            record = replace(record, cep=cep, street_number=house)
            if chance.random() < 0.4:
                record = replace(record, phone=fixed)
        if first is not None and chance.random() < 0.12:
            heir = chance.choice(["Filho", "Júnior", "Neto"])
            record = replace(record, words=(*first.words, heir), phone=first.phone)
        elif first is not None and first.birth_date and chance.random() < 0.1:
            record = replace(record, birth_date=first.birth_date)
        first = first or record
        yield record


def _person(chance: random.Random, number: int, last: str) -> Record:
    words = [_pick(chance, _FIRST)]
    for _ in range(chance.choices([0, 1, 2], [25, 50, 25])[0]):
        middle = _pick(chance, _MIDDLE).replace("_", " ").split()
        if middle[-1] not in words:
            words += middle
    if chance.random() < 0.35:
        words.append(chance.choice(["da", "de", "dos"]))
    words.append(last)
    born = date(1940, 1, 1) + timedelta(days=chance.randrange(67 * 365))
    plain = [_bare(words[0]), _bare(words[-1])]
    host = chance.choice(["gmail.com", "hotmail.com", "exemplo.com.br", "orgao.exemplo.gov.br"])
    return Record(
        number,
        tuple(words),
        born if chance.random() < 0.85 else None,
        f"{plain[0]}.{plain[1]}{chance.randrange(1000)}@{host}" if chance.random() < 0.8 else None,
        _mobile(chance) if chance.random() < 0.85 else None,
        cpf=str(number) if chance.random() < 0.5 else None,
    )


def _second(chance: random.Random, record: Record) -> Record:
    """Return another record of a person, as somebody else would have typed it another day."""
    noise: list[str] = []
    words = list(record.words)
    for _ in range(chance.choices([0, 1, 2], [25, 50, 25])[0]):
        kind, change = chance.choice(NAME_NOISE)
        changed = change(chance, words)
        if changed != words:
            words, noise = changed, [*noise, kind]
    facts = {"birth_date": record.birth_date, "email": record.email, "phone": record.phone}
    known = [name for name, value in facts.items() if value is not None]
    kept = set(chance.sample(known, chance.randrange(1, len(known) + 1))) if known else set()
    for name in known:
        if name not in kept:
            facts[name] = None if name == "birth_date" else _other(chance, name)
            noise.append(f"no_{name}")
    born = facts["birth_date"]
    if isinstance(born, date) and chance.random() < 0.1 and born.day <= 12:
        facts["birth_date"] = born.replace(day=born.month, month=born.day)
        noise.append("day_and_month")
    if facts["phone"] == record.phone and record.phone and chance.random() < 0.6:
        facts["phone"] = _rewritten(chance, record.phone)
    made = replace(record, words=tuple(words), noise=tuple(noise), **facts)  # type: ignore[arg-type]
    # Two records with one CPF cannot be: one of them was typed without.
    return replace(made, cpf=None, cep=None if chance.random() < 0.5 else record.cep)


def _other(chance: random.Random, name: str) -> str | None:
    if chance.random() < 0.5:
        return None
    return _mobile(chance) if name == "phone" else f"contato{chance.randrange(10**6)}@exemplo.net"


def _mobile(chance: random.Random) -> str:
    area = chance.choice(AREAS)
    return f"({area}) 9{chance.randrange(6000, 9999)}-{chance.randrange(10000):04d}"


def _rewritten(chance: random.Random, phone: str) -> str:
    digits = "".join(c for c in phone if c.isdigit())
    forms = [digits, f"+55 {digits[:2]} {digits[2:]}", f"0{digits}"]
    if len(digits) == 11:
        # As it was written before the ninth digit.
        forms += [f"{digits[:2]} {digits[3:7]}-{digits[7:]}"] * 2
    return chance.choice(forms)


def _unaccented(_chance: random.Random, words: list[str]) -> list[str]:
    return [_strip(word) for word in words]


def _capitals(_chance: random.Random, words: list[str]) -> list[str]:
    return [word.upper() for word in words]


def _no_particles(_chance: random.Random, words: list[str]) -> list[str]:
    return [word for word in words if word.lower() not in {"da", "de", "do", "das", "dos"}]


def _typo(chance: random.Random, words: list[str]) -> list[str]:
    places = [i for i, word in enumerate(words) if len(word) > 4]
    if not places:
        return words
    place = chance.choice(places)
    word = words[place]
    at = chance.randrange(1, len(word) - 1)
    kind = chance.randrange(4)
    if kind == 0:
        word = word[:at] + word[at + 1 :]
    elif kind == 1:
        word = word[:at] + word[at] + word[at:]
    elif kind == 2:
        word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    else:
        near = _NEAR_KEYS.get(_bare(word[at]), "x")
        word = word[:at] + chance.choice(near) + word[at + 1 :]
    return [*words[:place], word, *words[place + 1 :]]


def _middle_dropped(_chance: random.Random, words: list[str]) -> list[str]:
    return [words[0], *words[_last(words) :]]


def _initial(_chance: random.Random, words: list[str]) -> list[str]:
    last = _last(words)
    return [words[0], *(f"{w[0]}." for w in words[1:last] if w[0].isupper()), *words[last:]]


def _last(words: list[str]) -> int:
    """Return where the last surname stands, before a "Filho" that may follow it."""
    return len(words) - (2 if words[-1] in {"Filho", "Júnior", "Neto"} else 1)


def _swapped(_chance: random.Random, words: list[str]) -> list[str]:
    return [words[-1] + ",", *words[:-1]]


def _nickname(_chance: random.Random, words: list[str]) -> list[str]:
    return [_NICK.get(words[0], words[0]), *words[1:]]


def _married(chance: random.Random, words: list[str]) -> list[str]:
    last = _last(words)
    return [*words[: last + 1], _pick(chance, _LAST), *words[last + 1 :]]


def _sound_alike(_chance: random.Random, words: list[str]) -> list[str]:
    both = {**dict(_SOUND_ALIKE), **{b: a for a, b in _SOUND_ALIKE}}
    return [both.get(word, word) for word in words]


NAME_NOISE = (
    ("unaccented", _unaccented),
    ("capitals", _capitals),
    ("no_particles", _no_particles),
    ("typo", _typo),
    ("typo", _typo),
    ("middle_dropped", _middle_dropped),
    ("initial", _initial),
    ("swapped", _swapped),
    ("nickname", _nickname),
    ("married", _married),
    ("sound_alike", _sound_alike),
)


def _pick(chance: random.Random, text: str) -> str:
    names, weights = _weighted(text)
    return chance.choices(names, weights)[0]


def _weighted(text: str) -> tuple[list[str], list[int]]:
    if text not in _TABLES:
        pairs = [word.partition("*") for word in text.split()]
        _TABLES[text] = ([p[0] for p in pairs], [int(p[2] or 1) for p in pairs])
    return _TABLES[text]


_TABLES: dict[str, tuple[list[str], list[int]]] = {}


def _strip(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def _bare(word: str) -> str:
    return _strip(word).lower()
