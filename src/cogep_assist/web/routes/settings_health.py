"""Ajustes, Saúde: what ``cogep doctor`` says, each with its remedy."""

import asyncio
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request, Response

from cogep_assist.core.config import Settings
from cogep_assist.core.database_target import open_target
from cogep_assist.core.db import Database
from cogep_assist.core.diagnosis.finding import Finding, State
from cogep_assist.core.diagnosis.run import CHECKS, Subject, diagnose, healthy
from cogep_assist.core.models import ModelKind
from cogep_assist.core.principal import Act
from cogep_assist.edge.models_in_force import settings_in_use
from cogep_assist.edge.rate_limits import Rate
from cogep_assist.edge.rules import Login, guarded_router, rule
from cogep_assist.edge.state import edge_state
from cogep_assist.integrations.local_models import check_llm
from cogep_assist.rag_service.model_findings import check_model
from cogep_assist.web.rendering import render
from cogep_assist.web.section_frame import settings_page

HREF = "/ajustes/saude"
MARKS = {
    State.ERROR: ("errado", "bad"),
    State.WARNING: ("ressalva", "warn"),
    State.OK: ("certo", "good"),
    State.SKIPPED: ("não visto", ""),
}
router = guarded_router(include_in_schema=False)
READ = rule(Login.SESSION, Act.READ_INSTALLATION)
EXAMINE = rule(Login.SESSION, Act.READ_INSTALLATION, rate=Rate.ASK)


@router.get(HREF, dependencies=[READ])
async def health(request: Request) -> Response:
    """Show the page at once; the examination follows by itself, or by a link without a script."""
    return settings_page(request, "health.html", findings=None, marks=MARKS, well=True)


@router.get(f"{HREF}/exame", dependencies=[EXAMINE])
async def examination(request: Request) -> Response:
    """Examine the installation and show what was found, what is wrong first."""
    edge = edge_state(request)
    findings = await _examined(settings_in_use(edge), edge.database)
    values: dict[str, Any] = {
        "findings": sorted(findings, key=lambda one: list(MARKS).index(one.state)),
        "marks": MARKS,
        "well": healthy(findings),
    }
    if "hx-request" in request.headers:
        return render(request, "settings/_findings.html", **values)
    return settings_page(request, "health.html", **values)


async def _examined(settings: Settings, database: Database) -> list[Finding]:
    env_file = Path(str(Settings.model_config.get("env_file") or ".env"))
    with ExitStack() as stack:
        target = await asyncio.to_thread(stack.enter_context, open_target(settings))
        subject = Subject(settings, env_file, target.owner)
        # Whether a terminal finds the command says nothing to who reads a page.
        checks = {
            "llm": partial(check_llm, settings),
            "embedder": partial(check_model, settings, database, ModelKind.EMBEDDINGS),
            "reranker": partial(check_model, settings, database, ModelKind.RERANK),
        }
        asked = {*CHECKS, *checks} - {"command"}
        return await diagnose(subject, checks, asked)
