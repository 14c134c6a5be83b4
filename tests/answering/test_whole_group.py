"""A question for all of a table or list: how much of it is shown, and what is said of the rest."""

from cogep_assist.answering.extract import AnswerSentence, extract
from cogep_assist.answering.question_type import asks_for_all

HEAD = "Data | Feriado | Alcance"
NAMES = [
    "Confraternização", "Paixão de Cristo", "Tiradentes", "Trabalho", "Independência",
    "Nossa Senhora Aparecida", "Finados", "República", "Consciência Negra", "Natal",
]  # fmt: skip
ROWS = [f"{n:02}/{n:02}/2026 | {name} | nacional" for n, name in enumerate(NAMES, 1)]
ALL = "Quais são os feriados de 2026?"


def table(rows: list[str]) -> str:
    return "\n".join([HEAD, *rows])


def quotes(sentences: tuple[AnswerSentence, ...]) -> list[str]:
    for one in sentences:
        assert one.quote == one.hit.text[one.start - one.hit.start : one.end - one.hit.start]
    return [one.quote for one in sentences]


def test_all_of_a_table_is_shown_where_it_is_asked_for(hit) -> None:
    found = extract(ALL, [hit(table(ROWS), title="Feriados de 2026")]).sentences
    assert quotes(found) == [HEAD, *ROWS]
    assert [one.heads for one in found] == [True] + [False] * len(ROWS)
    assert {one.more for one in found} == {0}
    # A sentence that tells of the table may be the best: it stays before it.
    said = "A Portaria nº 90 divulga quais são os feriados nacionais de 2026 e os do estado."
    text = f"{said}\n\n{table(ROWS)}"
    found = extract(ALL, [hit(text, title="Feriados de 2026")]).sentences
    assert quotes(found) == [said, HEAD, *ROWS]
    # One row is asked for: no other has the answer.
    one = extract("Quando é o feriado de Tiradentes?", [hit(table(ROWS))])
    assert len(one.sentences) <= 4
    assert ROWS[2] in quotes(one.sentences)


def test_what_does_not_fit_is_counted(hit) -> None:
    rows = [f"{n:02}/03/2026 | Feriado {n} | nacional" for n in range(1, 21)]
    found = extract(ALL, [hit(table(rows), title="Feriados de 2026")]).sentences
    assert quotes(found) == [HEAD, *rows[:12]]
    assert [one.more for one in found] == [0] * 12 + [8]
    wide = [f"{row} {'e de cada unidade ' * 12}".rstrip() for row in rows]
    found = extract(ALL, [hit(table(wide), title="Feriados de 2026")]).sentences
    assert quotes(found) == [HEAD, *wide[:3]]
    assert found[-1].more == 17
    items = [f"{n}. Feriado de número {n};" for n in range(1, 19)]
    text = "São feriados de 2026:\n\n" + "\n".join(items)
    found = extract(ALL, [hit(text)]).sentences
    assert quotes(found) == ["São feriados de 2026:", *items[:15]]
    assert found[-1].more == 3


def test_a_table_that_goes_on_in_the_next_passage_is_one(hit) -> None:
    said = "A Portaria nº 90 divulga quais são os feriados nacionais de 2026 e os do estado."
    first, second = f"{said}\n\n{table(ROWS[:5])}", "\n".join(ROWS[5:])
    one = hit(first, title="Feriados de 2026", score=0.9)
    other = hit(second, title="Feriados de 2026", start=len(first) + 1)
    for hits in ([one, other], [other, one]):
        found = extract(ALL, hits).sentences
        assert quotes(found) == [said, HEAD, *ROWS]
        assert [sentence.heads for sentence in found] == [False, True] + [False] * len(ROWS)
        # The first row of what goes on is a row like the others.
        found = extract("Quando é Nossa Senhora Aparecida?", hits).sentences
        assert ROWS[5] in quotes(found)
        assert not any(sentence.heads for sentence in found if sentence.quote in ROWS)


def test_a_question_that_names_rows_gets_those(hit) -> None:
    rows = [
        f"{n:02}/04/2026 | {name} | {'municipal' if n % 2 else 'nacional'}"
        for n, name in enumerate(NAMES, 1)
    ]
    rows += [f"{n:02}/05/2026 | Dia {n} | nacional" for n in range(1, 3)]
    question = "Quais são os feriados municipais de 2026?"
    found = extract(question, [hit(table(rows), title="Feriados de 2026")]).sentences
    assert quotes(found) == [HEAD, *(row for row in rows if "municipal" in row)]
    assert found[-1].more == 7
    acts = "Ato | Documentos\nPosse | RG e CPF\nLicença | Atestado\nRecurso | Petição\nFérias | -"
    found = extract("Quais são os documentos da posse?", [hit(acts)]).sentences
    assert quotes(found)[:2] == ["Ato | Documentos", "Posse | RG e CPF"]
    assert len(found) <= 4


def test_rows_that_name_their_cells_have_no_header(hit) -> None:
    rows = [f"Setor: Setor {n} | Ramal: 32{n:02}" for n in range(5)]
    found = extract("Quais são os ramais?", [hit("\n".join(rows), title="Ramais")]).sentences
    assert quotes(found) == rows
    assert not any(one.heads for one in found)


def test_which_questions_ask_for_all() -> None:
    for question, expected in (
        (ALL, True),
        ("Liste os feriados.", True),
        ("Quem são os membros da comissão?", True),
        ("Qual é o prazo?", False),
        ("Quem é o diretor?", False),
        ("Quando é o feriado?", False),
        ("Como sei quais são os feriados?", False),
    ):
        assert asks_for_all(question) is expected, question
