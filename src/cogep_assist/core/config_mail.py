"""Settings of mail: how letters leave, and from where letters are taken in."""

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

MIB = 1024 * 1024


class MailSettings(BaseSettings):
    """How mail goes out and comes in."""

    mail_mode: Literal["smtp", "file", "console"] | None = Field(
        default=None,
        description="Como enviar e-mails: smtp, file (pasta dos dados) ou console; sem valor, "
        "smtp se houver COGEP_SMTP_HOST, senão file.",
    )
    mail_from: str | None = Field(
        default=None, description="Remetente dos e-mails (padrão: nao-responda@ do servidor)."
    )
    smtp_host: str | None = Field(default=None, description="Servidor de e-mail (SMTP).")
    smtp_port: int | None = Field(
        default=None, ge=1, le=65535, description="Porta do SMTP (padrão: 587, ou 465 com tls)."
    )
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="Cifra do SMTP: starttls, tls ou none (só em rede própria)."
    )
    smtp_user: str | None = Field(default=None, description="Usuário do SMTP.")
    smtp_password: SecretStr | None = Field(default=None, description="Senha do SMTP.")
    mail_inbox: str | None = Field(
        default=None,
        description="Endereço que recebe respostas e abre chamados: atendimento@orgao.gov.br.",
    )
    mail_queue: str | None = Field(
        default=None, description="Fila dos chamados que chegam por e-mail (padrão: a principal)."
    )
    mail_max_bytes: int = Field(
        default=25 * MIB, ge=1024, description="Tamanho máximo de um e-mail recebido, em bytes."
    )
    mail_tickets_per_hour: int = Field(
        default=20,
        ge=1,
        description="Chamados que um mesmo remetente pode abrir por hora; o resto fica retido.",
    )
    imap_host: str | None = Field(default=None, description="Servidor da caixa de entrada (IMAP).")
    imap_port: int | None = Field(
        default=None, ge=1, le=65535, description="Porta do IMAP (padrão: 993, ou 143 sem tls)."
    )
    imap_security: Literal["tls", "starttls", "none"] = Field(
        default="tls", description="Cifra do IMAP: tls, starttls ou none (só em rede própria)."
    )
    imap_user: str | None = Field(default=None, description="Usuário do IMAP.")
    imap_password: SecretStr | None = Field(default=None, description="Senha do IMAP.")
    imap_folder: str = Field(default="INBOX", description="Pasta que é lida no IMAP.")
    imap_idle: bool = Field(
        default=True,
        description="Saber de e-mails novos na hora (IMAP IDLE), onde o servidor oferece; "
        "a caixa é lida a cada 30 segundos de qualquer modo.",
    )
    imap_after: Literal["seen", "delete"] = Field(
        default="seen", description="O que fazer com o e-mail já guardado: seen (lido) ou delete."
    )
