"""A mark for tests that read pictures: on a machine without the program they are left out.

Where every test must run, ``.ci/run`` installs it.
"""

import shutil

import pytest

from cogep_assist.pipeline.parse import pdf_ocr

needs_ocr = pytest.mark.skipif(
    shutil.which("tesseract") is None or pdf_ocr.tesseract_state()[0] is not None,
    reason="tesseract with Portuguese is not installed",
)
