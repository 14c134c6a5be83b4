"""How findings are shown to a person: a mark, the sentence, and the remedy below it."""

from collections.abc import Sequence

from rich.text import Text

from cogep_assist.cli.console import out, safe
from cogep_assist.core.diagnosis.finding import Finding, State

_MARKS = {
    State.OK: ("✓", "green"),
    State.WARNING: ("!", "yellow"),
    State.ERROR: ("✗", "red"),
    State.SKIPPED: ("–", "dim"),
}


def show(findings: Sequence[Finding]) -> None:
    """Write one line per finding, and what to do where something is to be done."""
    for finding in findings:
        mark, style = _MARKS[finding.state]
        out().print(Text.assemble((mark, style), f" {safe(finding.text)}"), soft_wrap=True)
        if finding.remedy and finding.state is not State.OK:
            out().print(Text(f"  → {safe(finding.remedy)}", style="bold"), soft_wrap=True)


def count(findings: Sequence[Finding]) -> str:
    """Sum up how many things are wrong."""
    wrong = sum(finding.state is State.ERROR for finding in findings)
    remarks = sum(finding.state is State.WARNING for finding in findings)
    if not wrong and not remarks:
        return "Tudo certo."
    problems = {0: "Nenhum problema", 1: "1 problema"}.get(wrong, f"{wrong} problemas")
    notes = {0: "nenhuma ressalva", 1: "1 ressalva"}.get(remarks, f"{remarks} ressalvas")
    return f"{problems}, {notes}."
