"""Every setting is explained in Portuguese and can be named."""

from cogep_assist.core.config import Settings, environment_name

FIELDS = sorted(Settings.model_fields)
ENGLISH = {"the", "of", "and", "which", "when", "maximum", "default"}


def test_settings_are_explained() -> None:
    told = {field: Settings.model_fields[field].description or "" for field in FIELDS}
    assert [field for field, text in told.items() if not _explains(text)] == []
    assert not _explains("the longest wait, in seconds.")


def _explains(description: str) -> bool:
    return (
        len(description) > 10
        and (description[0].isupper() or description[0] == "/")
        and description.endswith(".")
        and not ENGLISH & set(description.lower().split())
    )


def test_settings_have_names_of_their_own() -> None:
    names = [environment_name(field) for field in FIELDS]
    assert len(set(names)) == len(names)
    assert all(name == name.upper() for name in names)
