"""Letters in the mail folder that name an erased person go, however they are encoded."""

from email.message import EmailMessage
from pathlib import Path

from cogep_assist.lgpd_service.erasure.erasure_files import scan_data_folder, scrub_letters
from cogep_assist.lgpd_service.subject_data.known_values import KnownValue, ValueKind
from cogep_assist.lgpd_service.subject_data.search_patterns import SubjectPatterns

ZULEIDE = SubjectPatterns(
    [
        KnownValue(ValueKind.NAME, "Zuleide Conceição"),
        KnownValue(ValueKind.EMAIL, "zuleide@exemplo.org.br"),
    ]
)


def letter(folder: Path, name: str, to: str, subject: str, body: str, encoding: str) -> Path:
    message = EmailMessage()
    message["To"], message["Subject"] = to, subject
    message.set_content(body, cte=encoding)
    path = folder / name
    path.write_bytes(bytes(message))
    return path


def test_letters_that_name_the_person_go_and_others_stay(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    other = "outra@exemplo.org.br"
    gone = [
        letter(folder, "1.eml", "zuleide@exemplo.org.br", "Chamado", "Ok", "7bit"),
        letter(folder, "2.eml", other, "Chamado de Zuleide Conceição", "Ok", "7bit"),
        letter(folder, "3.eml", other, "Aviso", "Sobre Zuleide Conceição, ok", "base64"),
        letter(folder, "4.eml", other, "Aviso", "Sobre Zuleide Conceição, ok", "quoted-printable"),
    ]
    stays = letter(folder, "5.eml", other, "Aviso", "Sobre outra pessoa", "base64")
    assert scan_data_folder(tmp_path, ZULEIDE).found
    assert scrub_letters(tmp_path, ZULEIDE) == 4
    assert not any(path.exists() for path in gone)
    assert stays.exists()
    assert scan_data_folder(tmp_path, ZULEIDE).found == []
