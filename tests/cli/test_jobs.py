"""``cogep jobs``: the list, one job's story, again, and stop."""

from pathlib import Path

import pytest
from cogep_command import Cogep


@pytest.fixture
def job(cogep: Cogep, tmp_path: Path) -> str:
    """A job that waits."""
    (tmp_path / "férias.md").write_text("As férias são de trinta dias.", "utf-8")
    (sent,) = cogep("ingest", str(tmp_path / "férias.md"), "--json").json["jobs"]
    return str(sent["id"])


@pytest.mark.parametrize("arguments", [[], ["list"]])
def test_lists_what_there_is(cogep: Cogep, job: str, arguments: list[str]) -> None:
    shown = cogep("jobs", *arguments)
    assert shown.status == 0
    for part in (job, "na fila", "férias.md", "geral"):
        assert part in shown.out


def test_lists_one_state_alone(cogep: Cogep, job: str) -> None:
    listed = cogep("jobs", "--status", "pending", "--json").json
    assert [found["id"] for found in listed["items"]] == [job]
    assert cogep("jobs", "list", "--status", "failed", "--json").json["items"] == []
    # The command line is no request.
    assert listed["items"][0]["request_id"] is None
    assert "desse pedido" in cogep("jobs", "--request", "pedido-42").out
    assert "no estado “falhou”" in cogep("jobs", "-s", "failed").out


def test_shows_one_by_the_beginning_of_its_id(cogep: Cogep, job: str) -> None:
    assert cogep("jobs", "show", job[:30], "--json").json["id"] == job
    assert "férias.md" in cogep("jobs", "show", job.upper()).out


def test_lets_a_waiting_job_go_first(cogep: Cogep, job: str) -> None:
    assert "vai antes das outras" in cogep("jobs", "prioritise", job).out
    assert cogep("jobs", "prioritise", job, "--json").json["priority"] == 100
    cogep("jobs", "cancel", job)
    late = cogep("jobs", "prioritise", job)
    assert (late.status, "[job_not_waiting]" in late.err) == (1, True)


def test_cancels_and_tries_again(cogep: Cogep, job: str) -> None:
    assert "foi cancelada" in cogep("jobs", "cancel", job).out
    again = cogep("jobs", "cancel", job)
    assert (again.status, "[job_not_cancellable]" in again.err) == (1, True)
    assert cogep("jobs", "retry", job, "--json").json["status"] == "pending"
    again = cogep("jobs", "retry", job)
    assert (again.status, "[job_not_retryable]" in again.err) == (1, True)


def test_a_failure_is_shown_with_cause_and_remedy(cogep: Cogep, tmp_path: Path) -> None:
    (tmp_path / "quebrado.pdf").write_bytes(b"%PDF-1.7\nlixo")
    done = cogep("ingest", str(tmp_path / "quebrado.pdf"), "--wait", "--json").json
    (failed,) = done["jobs"]
    shown = cogep("jobs", "show", failed["id"]).out
    assert failed["error"]["code"] in shown
    assert f"cogep jobs retry {failed['id']}" in shown


@pytest.mark.parametrize(
    ("text", "code"),
    [("zz", "id_invalid"), ("", "id_invalid"), ("f" * 33, "id_invalid"), ("ff", "job_not_found")],
)
@pytest.mark.parametrize("act", ["show", "retry", "cancel"])
def test_an_id_that_is_none_is_refused(cogep: Cogep, act: str, text: str, code: str) -> None:
    failed = cogep("jobs", act, text)
    assert (failed.status, f"[{code}]" in failed.err) == (1, True)


def test_the_beginning_of_two_is_refused(cogep: Cogep, job: str, tmp_path: Path) -> None:
    (tmp_path / "ponto.md").write_text("O ponto é eletrônico.", "utf-8")
    cogep("ingest", str(tmp_path / "ponto.md"))
    failed = cogep("jobs", "show", job[:2])
    assert (failed.status, "[id_ambiguous]" in failed.err) == (1, True)
