"""The database's disk fills up: intake says so, nothing accepted is lost, work goes on after."""

import pytest
from chaos.installation import installed
from chaos.rounds import Play
from chaos.small_disk import SERVER_SETTINGS, fill_the_disk, small_disk
from chaos.topology import MODES, Mode

pytestmark = pytest.mark.timeout(0)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
async def test_what_was_accepted_before_and_during_is_done_after(
    mode: Mode, tmp_path_factory: pytest.TempPathFactory, played: Play, rounds: int
) -> None:
    folder = tmp_path_factory.mktemp("disco")
    with small_disk(folder / "pequeno") as disk:
        async with installed(folder, disk, celery=mode.celery, **SERVER_SETTINGS) as made:
            await mode.start(made)
            await played(made, fill_the_disk(disk), mode=mode.name, rounds=rounds, disturbances=6)
