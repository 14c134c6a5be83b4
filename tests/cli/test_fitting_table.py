"""A list is readable on every terminal: a table, or records where a table would break its words."""

import io

from rich.text import Text

from cogep_assist.cli.console import SafeConsole, table

JOB = "01a22bea-702c-748b-ad00-9fee11079ec8"
CAUSE = "O servidor intranet.exemplo.gov.br diz que a página não existe. Confira o endereço."


def shown(width: int, *, terminal: bool = True) -> str:
    jobs = table("Tarefa", "Criada em", "Estado", "Coleção", "Situação", whole=1)
    jobs.add_row(JOB, "30/11/2026 07:05", Text("falhou", style="red"), "geral", Text(CAUSE))
    jobs.add_row(JOB[::-1], "30/11/2026 07:06", "na fila", "rh\x1b[2J", "")
    written = io.StringIO()
    console = SafeConsole(
        file=written, width=width, force_terminal=terminal, color_system=None, markup=False
    )
    console.print(jobs)
    assert "\x1b[2J" not in written.getvalue()
    return written.getvalue()


def test_a_list_fits_or_becomes_records() -> None:
    wide = shown(120)
    assert wide.splitlines()[0].split() == [
        "Tarefa",
        "Criada",
        "em",
        "Estado",
        "Coleção",
        "Situação",
    ]
    for width in (80, 60, 50):
        narrow = shown(width)
        lines = [line.rstrip() for line in narrow.splitlines()]
        assert max(map(len, lines)) <= width
        assert len(lines) < 16
        # Each value whole, beside its heading; what is empty is left out.
        for line in (f"Tarefa     {JOB}", "Criada em  30/11/2026 07:05", "Estado     falhou"):
            assert line in lines
        assert " ".join(narrow.split()).count("Situação") == 1
        # No word is broken.
        assert set(CAUSE.split()) <= set(narrow.split())
    # What is piped is read by programs, a line at a time.
    assert shown(80, terminal=False).splitlines()[0].split()[0] == "Tarefa"


def test_no_rows_are_a_heading_or_nothing() -> None:
    written = io.StringIO()
    console = SafeConsole(file=written, width=30, force_terminal=True, color_system=None)
    console.print(table("Identificador da tarefa", "Criada em que dia", "Estado da tarefa"))
    assert "Traceback" not in written.getvalue()
