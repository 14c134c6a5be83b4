"""Write the certificates of the tests again (needs ``cryptography``; no test runs this).

The keys guard nothing: they are valid for a test authority that no system trusts.
"""

from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HERE = Path(__file__).parent
START, LONG, PAST = (
    datetime(2020, 1, 1, tzinfo=UTC),
    datetime(2120, 1, 1, tzinfo=UTC),
    datetime(2021, 1, 1, tzinfo=UTC),
)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _write(path: str, *parts: bytes) -> None:
    (HERE / path).write_bytes(b"".join(parts))


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def main() -> None:
    authority_key = ec.generate_private_key(ec.SECP256R1())
    identifier = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    authority = (
        x509.CertificateBuilder()
        .subject_name(_name("Autoridade de teste"))
        .issuer_name(_name("Autoridade de teste"))
        .public_key(authority_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(START)
        .not_valid_after(LONG)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(identifier, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    _write("authority.pem", authority.public_bytes(serialization.Encoding.PEM))
    for file, end in (("server.pem", LONG), ("expired.pem", PAST)):
        key = ec.generate_private_key(ec.SECP256R1())
        names = [x509.DNSName("arquivos.exemplo.test"), x509.IPAddress(IPv4Address("127.0.0.1"))]
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_name("arquivos.exemplo.test"))
            .issuer_name(authority.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(START)
            .not_valid_after(end)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
                critical=False,
            )
            .sign(authority_key, hashes.SHA256())
        )
        _write(file, certificate.public_bytes(serialization.Encoding.PEM), _key_bytes(key))


if __name__ == "__main__":
    main()
