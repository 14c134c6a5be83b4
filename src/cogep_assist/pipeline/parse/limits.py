"""What one document may cost before its parsing is stopped."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class ParseLimits:
    """Bound memory (bytes), time (seconds) and size of one parse.

    ``max_zip_ratio`` is judged for members that unpack to more than 4 MiB: small ones may compress
    as well as they like. Scanned documents get ``ocr_wall_seconds`` instead of ``wall_seconds``.
    """

    memory_bytes: int = 1024 * MIB
    cpu_seconds: int = 120
    wall_seconds: float = 300.0
    max_input_bytes: int = 256 * MIB
    max_text_chars: int = 20_000_000
    max_pages: int = 5_000
    max_unpacked_bytes: int = 256 * MIB
    max_zip_ratio: int = 250
    max_zip_entries: int = 10_000
    ocr: bool = True
    ocr_max_pages: int = 300
    ocr_page_seconds: int = 60
    ocr_wall_seconds: float = 1800.0
