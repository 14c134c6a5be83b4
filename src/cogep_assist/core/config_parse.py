"""Settings of the reading of documents: what one of them may cost."""

from pydantic import Field
from pydantic_settings import BaseSettings

MIB = 1024 * 1024


class ParseSettings(BaseSettings):
    """What an administrator can set about the reading of documents."""

    parse_memory_bytes: int = Field(
        default=1024 * MIB, ge=64 * MIB, description="Memória máxima para ler um documento."
    )
    parse_cpu_seconds: int = Field(
        default=120, ge=1, description="Tempo máximo de processador para ler um documento."
    )
    parse_wall_seconds: float = Field(
        default=300.0, gt=0, description="Tempo máximo de relógio para ler um documento."
    )
    parse_max_text_chars: int = Field(
        default=20_000_000, ge=1000, description="Máximo de caracteres lidos de um documento."
    )
    parse_max_pages: int = Field(
        default=5_000, ge=1, description="Máximo de páginas lidas de um documento."
    )
    parse_ocr: bool = Field(
        default=True, description="Lê páginas escaneadas com o tesseract, se estiver instalado."
    )
