"""A run drawn into a file: an HTML page or a PNG image, by the file's name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cogep_assist.cli.eval_image import write_image
from cogep_assist.cli.eval_page import write_page
from cogep_assist.cli.written_file import check_writable
from cogep_assist.core.errors import AppError

_WRITERS = {".html": write_page, ".htm": write_page, ".png": write_image}


def check_plot(path: Path) -> None:
    """Refuse early what cannot be drawn or written.

    Raises AppError("plot_format_unknown"|"file_not_written").
    """
    if path.suffix.lower() not in _WRITERS:
        raise AppError("plot_format_unknown", path=str(path))
    check_writable(path)


def write_plot(run: Mapping[str, Any], path: Path, title: str) -> None:
    """Draw a run, as ``cogep eval --save`` keeps it."""
    _WRITERS[path.suffix.lower()](run, path, title)
