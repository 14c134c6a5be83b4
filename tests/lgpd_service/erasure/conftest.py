"""A small organisation with people in many places, for erasures, copies, holds and retention."""

import json
from pathlib import Path

import pytest

from cogep_assist.cli.lgpd_scenario import LoadedSubject, load_scenario
from cogep_assist.core.config import Settings
from cogep_assist.core.db import Database

SCENARIO = json.loads(Path(__file__).with_name("scenario.json").read_text("utf-8"))


@pytest.fixture
async def people(settings: Settings, database: Database) -> list[LoadedSubject]:
    return await load_scenario(settings, database, SCENARIO)
