"""Every setting is explained in Portuguese and can be named."""

import pytest

from cogep_assist.core.config import Settings, environment_name

FIELDS = sorted(Settings.model_fields)
ENGLISH = {"the", "of", "and", "which", "when", "maximum", "default"}


@pytest.mark.parametrize("field", FIELDS)
def test_setting_is_explained(field: str) -> None:
    description = Settings.model_fields[field].description or ""
    assert len(description) > 10
    assert description[0].isupper() or description[0] == "/"
    assert description.endswith(".")
    assert not ENGLISH & set(description.lower().split())


def test_settings_have_names_of_their_own() -> None:
    names = [environment_name(field) for field in FIELDS]
    assert len(set(names)) == len(names)
    assert all(name == name.upper() for name in names)
