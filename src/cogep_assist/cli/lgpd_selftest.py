"""``cogep lgpd selftest``: bring a scenario in, erase, kill, restore, and count what is left."""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cogep_assist.cli.console import err, out, print_json
from cogep_assist.cli.event_loop import run
from cogep_assist.cli.lgpd_scenario import LoadedSubject, load_scenario, read_scenario
from cogep_assist.cli.lgpd_selftest_checks import (
    dump_text,
    figures,
    left_in,
    left_in_files,
)
from cogep_assist.cli.lgpd_selftest_child import ADDRESS
from cogep_assist.cli.options import AsJson
from cogep_assist.core import schema, secret_key
from cogep_assist.core.backup.create import write_backup
from cogep_assist.core.backup.restore import restore_backup
from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.database_target import DatabaseTarget, open_target
from cogep_assist.core.db import Database, conninfo
from cogep_assist.core.logging import configure_logging
from cogep_assist.core.models import Erasure, ErasureOutcome, ErasureStatus
from cogep_assist.core.principal import SYSTEM
from cogep_assist.core.tombstones import read_tombstones
from cogep_assist.lgpd_service.erasure.erasure_replay import replay_tombstones
from cogep_assist.lgpd_service.erasure.erasure_residue import dead_in_index
from cogep_assist.lgpd_service.erasure.erasure_run import run_erasure
from cogep_assist.lgpd_service.erasure.erasure_scrub import keeper_of, scrub_database
from cogep_assist.lgpd_service.erasure.erasures import confirm_erasure, plan_erasure
from cogep_assist.lgpd_service.subject_data.identity import subject_of_customer

EXPECTED = {
    "eliminacao": ErasureOutcome.ELIMINATE,
    "bloqueio": ErasureOutcome.BLOCK_HELD,
    "bloqueio_ate_temporalidade": ErasureOutcome.BLOCK_ARCHIVE,
    "indeferido_com_fundamento_art16_I": ErasureOutcome.REFUSE,
}
STEPS = (
    "tombstone",
    "messages",
    "own_rows",
    "doubts",
    "mentions",
    "index",
    "record",
    "commit",
    "scrub_files",
    "residue",
    "certificate",
)
BEFORE_COMMIT = frozenset(STEPS[: STEPS.index("commit") + 1])


def selftest(
    folder: Annotated[Path, typer.Argument(metavar="PASTA", help="Pasta com cenario.json.")],
    kill: Annotated[
        bool, typer.Option("--kill/--no-kill", help="Mata a eliminação em cada passo.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Traz um cenário a um banco só seu, elimina, mata, restaura e conta o que sobrou.

    Sai com 1 se sobrar um valor de quem foi eliminado, ou faltar um de quem não foi.
    """
    scenario = read_scenario(folder)
    configure_logging("ERROR")
    with tempfile.TemporaryDirectory(prefix="cogep-selftest-") as place:
        settings = load_settings(data_dir=Path(place) / "dados", database_url=None)
        told = _run(settings, Path(place), scenario, kill=kill, quiet=as_json)
    if as_json:
        print_json(told)
    else:
        _tell(told)
    if not told["passed"]:
        raise typer.Exit(1)


def _run(
    settings: Settings, place: Path, scenario: Sequence[Any], *, kill: bool, quiet: bool
) -> dict[str, Any]:
    secret_key.load(settings)
    told: dict[str, Any] = {"subjects": len(scenario)}
    with open_target(settings) as target:
        schema.upgrade(target.owner)
        loaded = run(_load(target, settings, scenario))
        gone = [v for one in loaded if one.expected == "eliminacao" for v in one.sentinels]
        told["seeded"] = len(gone)
        told["seeded_found_before"] = len(left_in(dump_text(target.owner), gone))
        backup = place / "antes.cogep"
        write_backup(target.owner, backup, tell=lambda *_: None)
        began = time.monotonic()
        told["kills"] = Counter[str]()
        told["outcomes"], told["wrong_outcomes"] = _erase_all(
            target, settings, loaded, told["kills"] if kill else None, quiet=quiet
        )
        told["seconds"] = round(time.monotonic() - began, 1)
        told["left"] = figures(target.owner, gone)
        told["dead_in_index"] = run(_dead(target))
        told["kept_missing"] = _missing(target, loaded)
        scrubbed = scrub_database(keeper_of(target))
        told["scrub_refused"] = scrubbed.refused
        told["left"]["data_folder"] = left_in_files(settings.data_dir, gone)
        told["restored"] = _restore(target, settings, backup, gone)
    told["passed"] = _passed(told)
    return told


async def _load(
    target: DatabaseTarget, settings: Settings, scenario: Sequence[Any]
) -> list[LoadedSubject]:
    database = Database(target.app)
    try:
        return await load_scenario(settings, database, scenario)
    finally:
        await database.close()


def _erase_all(
    target: DatabaseTarget,
    settings: Settings,
    loaded: Sequence[LoadedSubject],
    kills: Counter[str] | None,
    *,
    quiet: bool,
) -> tuple[dict[str, int], list[str]]:
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    killed = kills is None
    for one in loaded:
        erasure = run(_confirm(target, one))
        outcomes[erasure.outcome.value] += 1
        if erasure.outcome is not EXPECTED.get(one.expected):
            wrong.append(f"{one.told.get('titular')}: {erasure.outcome.value}")
        if erasure.status is not ErasureStatus.CONFIRMED:
            continue
        if not killed and kills is not None:
            # The first one dies at every step in turn, each time where the last left it.
            wrong += _kill_at_each_step(target, settings, one, erasure, kills)
            killed = True
        run(_finish(target, settings, erasure))
        if not quiet:
            err().print(f"{erasure.protocol}: concluída", style="dim")
    return dict(outcomes), wrong


def _kill_at_each_step(
    target: DatabaseTarget,
    settings: Settings,
    one: LoadedSubject,
    erasure: Erasure,
    kills: Counter[str],
) -> list[str]:
    """Kill the erasure at each step; return where it had done half."""
    half: list[str] = []
    environment = {**os.environ, ADDRESS: conninfo(target.app)}
    for step in STEPS:
        ended = subprocess.run(  # noqa: S603 - this very program
            [
                sys.executable,
                "-m",
                "cogep_assist.cli.lgpd_selftest_child",
                str(settings.data_dir),
                str(erasure.id),
                step,
            ],
            env=environment,
            check=False,
            capture_output=True,
            timeout=300,
        )
        if ended.returncode == 0:
            half.append(f"{step}: terminou sem ser morta")
        kills[step] += 1
        left = left_in(dump_text(target.owner), one.sentinels)
        whole = len(left) == len(one.sentinels)
        if (step in BEFORE_COMMIT and not whole) or (step not in BEFORE_COMMIT and left):
            half.append(f"{step}: {len(left)} de {len(one.sentinels)}")
    return half


async def _confirm(target: DatabaseTarget, one: LoadedSubject) -> Erasure:
    database = Database(target.app, pool_size=2)
    try:
        async with database.begin() as session:
            subject = await subject_of_customer(session, one.customer_id)
            planned = await plan_erasure(session, SYSTEM, subject)
        async with database.begin() as session:
            return await confirm_erasure(session, SYSTEM, planned.id, planned.protocol)
    finally:
        await database.close()


async def _finish(target: DatabaseTarget, settings: Settings, erasure: Erasure) -> None:
    database = Database(target.app, pool_size=2)
    try:
        await run_erasure(database, settings.data_dir, erasure.id)
    finally:
        await database.close()


async def _dead(target: DatabaseTarget) -> int:
    database = Database(target.app, pool_size=1)
    try:
        async with database.begin() as session:
            return await dead_in_index(session)
    finally:
        await database.close()


def _missing(target: DatabaseTarget, loaded: Sequence[LoadedSubject]) -> int:
    """Count the values of held and refused subjects that are not there any more."""
    text = dump_text(target.owner)
    kept = [v for one in loaded if one.expected != "eliminacao" for v in one.sentinels]
    return len(kept) - len(left_in(text, kept))


def _restore(
    target: DatabaseTarget, settings: Settings, backup: Path, gone: Sequence[str]
) -> dict[str, Any]:
    """Bring the old backup back and count what is left before anybody could open it."""
    tombstones = read_tombstones(settings.data_dir)
    done = restore_backup(
        backup,
        target.owner,
        may_replace=lambda _manifest: True,
        tell=lambda *_: None,
        cleanse=lambda beside: run(replay_tombstones(beside, settings.data_dir, tombstones)),
    )
    return {"erased_again": done.erased_again, "left": figures(target.owner, gone)}


def _passed(told: dict[str, Any]) -> bool:
    nothing_left = not any(told["left"].values()) and not any(told["restored"]["left"].values())
    return (
        nothing_left
        and told["seeded_found_before"] == told["seeded"]
        and not told["wrong_outcomes"]
        and not told["kept_missing"]
        and not told["dead_in_index"]
    )


def _tell(told: dict[str, Any]) -> None:
    left, restored = told["left"], told["restored"]
    lines = (
        (
            f"{told['subjects']} titulares; {told['seeded']} valores de quem foi eliminado, "
            f"{told['seeded_found_before']} achados antes."
        ),
        f"Resultados: {told['outcomes']}; diferentes do cenário: {told['wrong_outcomes'] or 0}.",
        (
            f"Sobraram: {left['dump']} no dump, {left['queue']} na fila, {left['index']} no índice "
            f"e {sum(left['data_folder'].values())} arquivos da pasta de dados (depois do scrub)."
        ),
        f"Trechos mortos no índice: {told['dead_in_index']}.",
        f"Valores de bloqueados e indeferidos que faltam: {told['kept_missing']}.",
        f"Mortes por kill -9: {dict(told['kills'])}.",
        (
            f"Cópia antiga restaurada: {restored['erased_again']} eliminados de novo; sobraram "
            f"{restored['left']}."
        ),
        f"Eliminações em {told['seconds']} s.",
        "Passou." if told["passed"] else "NÃO passou.",
    )
    for line in lines:
        out().print(line, markup=False)
