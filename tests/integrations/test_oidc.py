"""Sign-in by a real provider on loopback, which also misbehaves in every way that is refused."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from cogep_assist.core.errors import AppError
from cogep_assist.integrations.oidc import OidcProvider, code_challenge

CLIENT, SECRET, NONCE = "cogep", "segredo do cliente", "n0nce"
VERIFIER = "v" * 43
RETURN = "http://cogep.test/entrar/retorno"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def public(key: Any, kid: str) -> dict[str, Any]:
    algorithm = "ES256" if isinstance(key, ec.EllipticCurvePrivateKey) else "RS256"
    made = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
    return {**made, "kid": kid, "use": "sig", "alg": algorithm}


class Provider:
    """What the provider says; a test changes it to make it lie."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.keys = [public(RSA_KEY, "k1")]
        self.signer, self.kid, self.algorithm = RSA_KEY, "k1", "RS256"
        self.changes: dict[str, Any] = {}
        self.discovery: dict[str, Any] = {}
        self.asked: list[str] = []
        self.token: str | None = None

    def claims(self) -> dict[str, Any]:
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "sub": "11144477735",
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": NONCE,
            "email": "maria@órgão.gov.br",
            "email_verified": True,
            "name": "Maria da Conceição",
        }
        said.update(self.changes)
        return {name: value for name, value in said.items() if value is not None}

    def id_token(self) -> str:
        if self.token is not None:
            return self.token
        return jwt.encode(
            self.claims(), self.signer, algorithm=self.algorithm, headers={"kid": self.kid}
        )


@pytest.fixture
def provider() -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

        def do_GET(self) -> None:
            said.asked.append(self.path)
            if self.path.endswith("openid-configuration"):
                self.send(
                    {
                        "issuer": said.issuer,
                        "authorization_endpoint": f"{said.issuer}/authorize",
                        "token_endpoint": f"{said.issuer}/token",
                        "jwks_uri": f"{said.issuer}/jwk",
                        **said.discovery,
                    }
                )
            else:
                self.send({"keys": said.keys})

        def do_POST(self) -> None:
            said.asked.append(self.path)
            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            pair = base64.b64decode(self.headers["authorization"].split()[1]).decode()
            good = pair == "cogep:segredo%20do%20cliente" and form["code"] == ["bom"]
            good = good and form["code_verifier"] == [VERIFIER]
            self.send({"id_token": said.id_token(), "access_token": "a"}, 200 if good else 400)

        def send(self, body: dict[str, Any], status: int = 200) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    said = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield said
    server.shutdown()
    server.server_close()
    thread.join()


def client(provider: Provider) -> OidcProvider:
    return OidcProvider(provider.issuer, CLIENT, SECRET, "openid email", "Teste")


async def ask(client: OidcProvider, *, code: str = "bom", iss: str | None = None) -> Any:
    return await client.claims(
        code=code, answered_by=iss, nonce=NONCE, verifier=VERIFIER, redirect_uri=RETURN
    )


async def test_the_browser_is_sent_with_state_nonce_and_challenge(provider: Provider) -> None:
    address = await client(provider).authorization_url(
        state="s", nonce=NONCE, verifier=VERIFIER, redirect_uri=RETURN
    )
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    digest = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    assert asked["code_challenge"] == code_challenge(VERIFIER) == digest.decode().rstrip("=")
    assert (asked["state"], asked["nonce"], asked["code_challenge_method"]) == ("s", NONCE, "S256")


async def test_a_good_answer_is_taken_and_keys_may_rotate(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = client(provider)
    said = await ask(asking, iss=provider.issuer)
    assert (said.subject, said.email, said.email_verified) == (
        "11144477735",
        "maria@órgão.gov.br",
        True,
    )
    assert "11144477735" not in repr(said)
    provider.keys = [public(EC_KEY, "k2")]
    provider.signer, provider.kid, provider.algorithm = EC_KEY, "k2", "ES256"
    # A stranger's key names must not make us ask again and again.
    with pytest.raises(AppError):
        await ask(asking)
    assert provider.asked.count("/jwk") == 1
    monkeypatch.setattr("cogep_assist.integrations.oidc.KEYS_PAUSE_SECONDS", 0.0)
    assert (await ask(asking)).name == "Maria da Conceição"
    # Withdrawn, and no other in its place.
    provider.keys = []
    assert (await ask(asking)).name == "Maria da Conceição"
    monkeypatch.setattr("cogep_assist.integrations.oidc.DISCOVERY_SECONDS", 0.0)
    with pytest.raises(AppError, match="oidc_token_invalid"):
        await ask(asking)


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://outro.example"},
        {"aud": "outro"},
        {"aud": [CLIENT, "outro"]},
        {"azp": "outro"},
        {"exp": 1},
        {"iat": 4_000_000_000},
        {"iat": 1_000_000_000},
        {"nonce": "outro"},
        {"nonce": None},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"sub": ""},
    ],
    ids=str,
)
async def test_a_claim_that_is_wrong_is_refused(provider: Provider, change: dict[str, Any]) -> None:
    provider.changes = change
    with pytest.raises(AppError, match="oidc_token_invalid"):
        await ask(client(provider))


async def test_algorithms_and_keys_of_others_are_refused(provider: Provider) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    none = jwt.encode(provider.claims(), None, algorithm="none")
    secret = jwt.encode(provider.claims(), "x" * 64, algorithm="HS256", headers={"kid": "k1"})
    tampered = provider.id_token()[:-6] + "AAAAAA"
    forged = jwt.encode(provider.claims(), stranger, algorithm="RS256", headers={"kid": "k1"})
    # The public key, taken for a shared secret: signed by hand, for no library does it any more.
    head = _part({"alg": "HS256", "kid": "k1"}) + "." + _part(provider.claims())
    modulus = json.dumps(provider.keys[0]).encode()
    confused = head + "." + _text(hmac.digest(modulus, head.encode(), "sha256"))
    for token in (none, secret, confused, tampered, forged, "", "a.b.c"):
        provider.token = token
        with pytest.raises(AppError, match="oidc_token_invalid"):
            await ask(client(provider))
    provider.token = None
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    provider.keys = [public(weak, "k1")]
    provider.token = jwt.encode(
        provider.claims(), RSA_KEY, algorithm="RS256", headers={"kid": "k1"}
    )
    with pytest.raises(AppError, match="oidc_token_invalid"):
        await ask(client(provider))


async def test_another_providers_answer_and_a_lying_discovery_are_refused(
    provider: Provider,
) -> None:
    with pytest.raises(AppError, match="oidc_token_invalid"):
        await ask(client(provider), iss="https://outro.example")
    assert "/token" not in provider.asked, "the code must not reach anybody"
    with pytest.raises(AppError, match="oidc_refused"):
        await ask(client(provider), code="ruim")
    provider.discovery = {"authorization_response_iss_parameter_supported": True}
    with pytest.raises(AppError, match="oidc_token_invalid"):
        await ask(client(provider))
    for lie in (
        {"issuer": "https://outro.example"},
        {"token_endpoint": "http://169.254.169.254/latest"},
        {"token_endpoint": "https://10.0.0.1/token"},
        {"jwks_uri": None},
    ):
        provider.discovery = lie
        with pytest.raises(AppError, match="oidc_unavailable"):
            await ask(client(provider))
    with pytest.raises(AppError, match="settings_invalid"):
        OidcProvider("http://sso.example.gov.br", CLIENT, None, "openid", "x")


def _part(value: dict[str, Any]) -> str:
    return _text(json.dumps(value).encode())


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
