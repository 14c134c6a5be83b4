"""Failures that once cost days and cannot happen here: each test shows why."""

import ast
import asyncio
import inspect
import re
from typing import Any

import pytest
import sqlalchemy as sa
from mako.template import Template
from source_trees import SOURCE, nodes, source_trees
from sqlalchemy.ext.asyncio import AsyncSession

from cogep_assist.core.config import load_settings
from cogep_assist.core.db import Database
from cogep_assist.core.errors import AppError
from cogep_assist.core.models import Base

CAST_BESIDE_PARAMETER = re.compile(r"(?<![:\w]):\w+::\w+")


def test_every_enum_is_native_lower_case_and_in_its_schema() -> None:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, sa.Enum):
                kind = column.type
                assert kind.native_enum, column
                assert kind.schema == table.schema, column
                assert kind.enums == [label.lower() for label in kind.enums], column


async def test_a_cast_beside_a_parameter_really_breaks(database: Database) -> None:
    """The fence below guards against something real."""
    async with database.sessions() as session:
        with pytest.raises(sa.exc.ProgrammingError):
            await _cast_beside_parameter(session)


async def _cast_beside_parameter(session: AsyncSession) -> None:
    await session.execute(sa.text("SELECT :valor::int"), {"valor": "1"})


def test_no_statement_has_a_cast_beside_a_parameter() -> None:
    seen = 0
    for path, tree in source_trees():
        for node in nodes(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("text"):
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        seen += 1
                        assert not CAST_BESIDE_PARAMETER.search(argument.value), path
    assert seen > 20


def test_workers_never_make_an_event_loop_per_task() -> None:
    """One loop per process: a loop for each task would break the pool's connections."""
    made = []
    for path, tree in source_trees("worker_service", "pipeline", "core", "ingestion_service"):
        for node in nodes(tree):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called != "asyncio.run", path
                if called == "asyncio.new_event_loop":
                    made.append(path.name)
    # The one loop of a Celery process, which lives as long as the process does; and that of the
    # thread which passes a copy's bytes on: it has sockets of its own, and no pool.
    assert sorted(made) == ["celery_process.py", "tls_relay.py"]


async def test_two_tasks_on_one_loop_share_the_pool(database: Database) -> None:
    async def ask(number: int) -> Any:
        async with database.sessions() as session:
            return await session.scalar(sa.text("SELECT CAST(:n AS int)"), {"n": number})

    assert await asyncio.gather(*(ask(n) for n in range(20))) == list(range(20))


def test_nothing_creates_tables_behind_the_migrations() -> None:
    for path, tree in source_trees():
        for node in nodes(tree):
            if isinstance(node, ast.Attribute):
                assert node.attr != "create_all", path


def test_a_generated_migration_knows_vectors() -> None:
    template = Template(filename=str(SOURCE / "migrations/script.py.mako"))
    made = template.render(
        message="Prova",
        up_revision="0099",
        down_revision="0098",
        branch_labels=None,
        depends_on=None,
        create_date=None,
        comma=lambda value: value,
        imports="",
        upgrades="op.add_column('x', sa.Column('v', pgvector.sqlalchemy.vector.VECTOR(dim=3)))",
        downgrades="pass",
    )
    module: dict[str, Any] = {}
    exec(compile(made, "revisão", "exec"), module)
    assert inspect.isfunction(module["upgrade"])
    assert module["pgvector"].sqlalchemy.vector.VECTOR(dim=3) is not None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("postgres_user", "bruno"),
        ("postgres_password", "outra"),
        ("postgres_db", "outro"),
        ("postgres_host", "outro.orgao.gov.br"),
        ("postgres_port", 5433),
    ],
)
def test_settings_that_disagree_stop_the_start(field: str, value: object) -> None:
    settings = load_settings(
        database_url="postgresql://ana:senha@localhost:5432/cogep", **{field: value}
    )
    with pytest.raises(AppError) as caught:
        _ = settings.external_database
    assert caught.value.code == "database_settings_disagree"
    assert caught.value.details["field"] == field.upper()
    assert "outra" not in caught.value.message
