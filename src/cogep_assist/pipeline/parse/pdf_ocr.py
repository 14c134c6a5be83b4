"""Read scanned pages and pictures with tesseract, in Portuguese."""

import functools
import shutil
import subprocess
import sys
from pathlib import Path

import pypdfium2

from cogep_assist.pipeline.parse.context import ParseContext
from cogep_assist.pipeline.parse.pdf_layout import Line
from cogep_assist.pipeline.parse.sandbox import bind_to_parent

_DPI = 300
_POINTS_PER_INCH = 72
MAX_PIXELS = 40_000_000
_MIN_SCALE = 0.5
_LINE_HEIGHT = 12.0


class Ocr:
    """Run tesseract over pages; `missing` says, in Portuguese, why it cannot run."""

    def __init__(self, context: ParseContext) -> None:
        self._limits = context.limits
        self.missing, self.version = (
            tesseract_state() if context.limits.ocr else ("está desligada na configuração", "")
        )

    def read(self, pdf: pypdfium2.PdfDocument, index: int) -> list[Line] | None:
        """Return the lines of a page, or None where the page could not be read."""
        page = pdf[index]
        picture = Path("page.pgm")
        try:
            width, height = page.get_size()
            _draw(page, picture, width, height)
            return self._recognise(picture, width, height)
        except (pypdfium2.PdfiumError, OSError):
            return None
        finally:
            picture.unlink(missing_ok=True)
            page.close()

    def read_picture(self, picture: Path, width: int, height: int) -> list[Line] | None:
        """Return the lines of a picture of so many dots, taken for 300 to the inch."""
        points = _POINTS_PER_INCH / _DPI
        try:
            return self._recognise(picture, width * points, height * points)
        finally:
            picture.unlink(missing_ok=True)

    def _recognise(self, picture: Path, width: float, height: float) -> list[Line] | None:
        command = ["tesseract", picture.name, "stdout", "-l", "por", "--psm", "3"]
        found = _run([*command, "--dpi", str(_DPI)], self._limits.ocr_page_seconds)
        return None if found is None else _lines(found, width, height)


@functools.cache
def tesseract_state() -> tuple[str | None, str]:
    """Return (why OCR cannot run or None, name and version)."""
    if shutil.which("tesseract") is None:
        return "o programa tesseract não está instalado", ""
    languages = _run(["tesseract", "--list-langs"], 20)
    if languages is None:
        return "o programa tesseract não pôde ser executado", ""
    if "por" not in languages.split():
        return "o tesseract não tem o idioma português (por)", ""
    version = (_run(["tesseract", "--version"], 20) or "tesseract").split("\n")[0]
    return None, version[:60]


def _run(command: list[str], seconds: float) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603  fixed program, our own file names
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
            # The child has one thread, so code between fork and exec is safe here.
            preexec_fn=bind_to_parent if sys.platform == "linux" else None,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def _draw(page: pypdfium2.PdfPage, picture: Path, width: float, height: float) -> None:
    """Render a page in grey as a PGM file, at 300 dpi unless the page is enormous."""
    scale = _DPI / _POINTS_PER_INCH
    pixels = max(1.0, width * scale) * max(1.0, height * scale)
    if pixels > MAX_PIXELS:
        scale = max(_MIN_SCALE * 0.01, scale * (MAX_PIXELS / pixels) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        row, stride = bitmap.width, bitmap.stride
        grey = memoryview(bitmap.buffer).cast("B")
        with picture.open("wb") as file:
            file.write(f"P5 {bitmap.width} {bitmap.height} 255\n".encode("ascii"))
            for line in range(bitmap.height):
                file.write(grey[line * stride : line * stride + row])
    finally:
        bitmap.close()


def _lines(text: str, width: float, height: float) -> list[Line]:
    """Place the lines one under another, with a gap where tesseract left a blank line."""
    lines = []
    top = height * 0.85
    for line in text.replace("\f", "\n").split("\n"):
        if line.strip():
            right = 10 + min(width - 20, len(line.strip()) * 5.0)
            lines.append(
                Line(line.strip(), 10, right, top - _LINE_HEIGHT, top, _LINE_HEIGHT, width, height)
            )
        top -= _LINE_HEIGHT * (1.0 if line.strip() else 0.8)
    return lines
