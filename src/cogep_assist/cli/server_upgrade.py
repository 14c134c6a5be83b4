"""What ``cogep db upgrade-server`` tells when it is done."""

from cogep_assist.cli.console import err, out, print_json
from cogep_assist.core.embedded_binaries import MAJOR
from cogep_assist.core.embedded_upgrade import ServerUpgrade


def show_server_upgrade(done: ServerUpgrade | None, *, as_json: bool) -> None:
    """Say from which version to which, what was compared, and what may be removed when."""
    if as_json:
        print_json(_as_json(done))
        return
    if done is None:
        out().print(f"A base já é do PostgreSQL {MAJOR}.", markup=False)
        return
    compared = (
        f": {done.tables} tabelas e {done.rows} linhas, iguais nas duas" if done.tables else ""
    )
    out().print(f"Base levada do PostgreSQL {done.before} ao {done.after}{compared}.", markup=False)
    out().print(
        f"A anterior está em {done.kept}; apague-a quando não fizer mais falta.", markup=False
    )
    if done.left_behind:
        names = ", ".join(done.left_behind)
        err().print(f"Criados à mão e não levados: {names}.", style="yellow", markup=False)


def _as_json(done: ServerUpgrade | None) -> dict[str, object]:
    if done is None:
        return {"upgraded": False, "after": MAJOR}
    return {
        "upgraded": True,
        "before": done.before,
        "after": done.after,
        "kept": str(done.kept),
        "tables": done.tables,
        "rows": done.rows,
        "left_behind": list(done.left_behind),
    }
