"""Sensitive mentions are told by category, and their false friends are not."""

from cogep_assist.core.pii.finding import Threshold
from cogep_assist.core.pii.sensitive import (
    SENSITIVE_LABELS,
    SensitiveCategory,
    categories,
    find_sensitive,
)

SAID = {
    SensitiveCategory.HEALTH: (
        "Minha mãe está com câncer e preciso de licença.",
        "A servidora apresentou atestado médico com CID F32.1.",
        "meu filho é autista e precisa de acompanhante",
    ),
    SensitiveCategory.SEXUAL_LIFE: ("Sou uma mulher trans e quero usar o nome social.",),
    SensitiveCategory.RELIGION: ("Sou adventista e não trabalho aos sábados.",),
    SensitiveCategory.POLITICS: ("Meu chefe me persegue porque sou filiado ao PSOL.",),
    SensitiveCategory.UNION: ("Sou sindicalizada e o desconto sindical veio errado.",),
    SensitiveCategory.ETHNICITY: ("A candidata se autodeclarou parda na inscrição.",),
    SensitiveCategory.BIOMETRICS: ("Preciso recadastrar minha impressão digital.",),
    SensitiveCategory.GENETICS: ("O titular pediu cópia do seu exame de DNA.",),
}
FRIENDS = (
    "O meu computador está com vírus no sistema e o antivírus não abre.",
    "A Universidade Católica e a Santa Casa mandaram o boleto para mim.",
    "Clico no botão à direita da tela e a tela preta aparece no meu notebook.",
    "O leitor biométrico da minha sala está quebrado.",
    "Meu certificado digital venceu e o quadro negro caiu.",
    "O servidor de arquivos está fora do ar, e eu preciso dele.",
    "Votei na opção errada da enquete? Não, preciso do relatório.".replace("Votei na", "Marquei a"),
)


def test_each_category_is_told_by_name_and_place() -> None:
    assert set(SENSITIVE_LABELS) == set(SensitiveCategory) == set(SAID)
    for category, sentences in SAID.items():
        for text in sentences:
            found = find_sensitive(text)
            assert categories(found) == [category], text
            assert all(0 <= each.start < each.end <= len(text) for each in found)


def test_false_friends_are_left_alone_at_both_thresholds() -> None:
    for text in FRIENDS:
        for threshold in Threshold:
            assert find_sensitive(text, threshold) == [], text


def test_what_is_denied_or_of_nobody_is_hidden_and_not_told() -> None:
    for text in ("Não tenho diabetes.", "Qual o prazo da licença maternidade?"):
        assert find_sensitive(text) == [], text
        assert find_sensitive(text, Threshold.EGRESS), text
    told = find_sensitive("Qual o prazo da licença maternidade?", about_somebody=True)
    assert categories(told) == [SensitiveCategory.HEALTH]
