"""What the long-running commands share: settings, with logs on."""

from pathlib import Path

from cogep_assist.core.config import Settings, load_settings
from cogep_assist.core.logging import configure_logging


def settings_of_a_server(data_dir: Path | None) -> Settings:
    """Read the settings of a process that serves; its logs are shown at the level that is set."""
    settings = load_settings(data_dir=data_dir) if data_dir is not None else load_settings()
    configure_logging(settings.log_level)
    return settings
