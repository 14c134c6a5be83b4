"""The dashboard and the alert rules ask only for what /metrics tells, by labels that it has."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from api import running_api
from prometheus_client.parser import text_string_to_metric_families

from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database
from cogep_assist.core.models import Role
from cogep_assist.edge import metrics as edge_metrics
from cogep_assist.worker_service.process import drain_once

FOLDER = Path(__file__).resolve().parents[2] / "integrations" / "grafana"
DASHBOARD = json.loads((FOLDER / "cogep-assist.json").read_text(encoding="utf-8"))
RULES = yaml.safe_load((FOLDER / "alert-rules.yml").read_text(encoding="utf-8"))
METRIC = re.compile(r"(cogep_\w+)(?:\{([^}]*)\})?")
LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
GROUPED = re.compile(r"by \(([^)]*)\)")


def expressions() -> Iterator[str]:
    for panel in DASHBOARD["panels"]:
        yield from (target["expr"] for target in panel.get("targets", []))
    for group in RULES["groups"]:
        yield from (rule["expr"] for rule in group["rules"])


async def test_everything_that_is_asked_for_is_told(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge_metrics, "REMEMBERED_SECONDS", 0.0)
    async with running_api(settings, database) as api:
        client = await api.client(Role.ADMIN)
        await client.post("/ingest", json={"text": "Férias são de 30 dias.", "title": "Férias"})
        await drain_once(settings, database)
        await client.get("/search", params={"q": "férias"})
        text = (await client.get("/metrics")).text
    labels: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        # Names of types and help are those of the family; what is asked for are samples.
        for sample in family.samples:
            labels.setdefault(sample.name, set()).update(sample.labels)
    # Only a registered worker has these, and the one above has left.
    workers = {"worker", "host"}
    labels |= {f"cogep_worker_{name}": workers for name in ("seen_seconds", "busy", "capacity")}
    labels["cogep_worker_info"] = workers | {"release", "idle_reason"}
    asked = list(expressions())
    assert len(asked) > 20
    for expression in asked:
        named = METRIC.findall(expression)
        assert named, expression
        for name, matchers in named:
            assert name in labels, f"{name} is not told"
            assert set(LABEL.findall(matchers)) <= labels[name], expression
        known = set().union(*(labels[name] for name, _ in named))
        for grouped in GROUPED.findall(expression):
            assert {label.strip() for label in grouped.split(",")} <= known, expression


def test_panels_and_alerts_say_what_they_are() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(panel["title"] for panel in panels)
    places = [tuple(panel["gridPos"][key] for key in "xy") for panel in panels]
    assert len(set(places)) == len(places)
    rules = [rule for group in RULES["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"]
