"""The people's time zone is known before anything is built on it."""

import pytest

from cogep_assist.core.config import load_settings
from cogep_assist.core.errors import AppError


@pytest.mark.parametrize("name", ["Brasília", "x'; drop table y", "/etc/passwd", "../zone", ""])
def test_a_zone_that_nobody_knows_is_refused_by_its_setting(name: str) -> None:
    with pytest.raises(AppError) as refused:
        load_settings(timezone=name)
    assert refused.value.code == "settings_invalid"
    assert refused.value.details["setting"] == "COGEP_TIMEZONE"


def test_brazilian_zones_are_taken() -> None:
    assert load_settings(timezone="America/Rio_Branco").timezone == "America/Rio_Branco"
