"""Sign-in by an identity provider: OpenID Connect Core 1.0, code flow with PKCE (RFC 7636).

What is checked follows OpenID Connect Core, 3.1.3.7, RFC 9207 (whose answer it is) and RFC 8725
(which algorithms). Requests go to the issuer's own origin, which the administrator set, or to
public https addresses that its discovery document names.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from cogep_assist.core.config import Settings
from cogep_assist.core.errors import AppError
from cogep_assist.integrations.http import GuardedClient, HttpPolicy, Response, policy_for_pinned
from cogep_assist.integrations.http_url import WebAddress, parse_url

ALGORITHMS = ("RS256", "ES256")
MIN_RSA_BITS = 2048
LEEWAY_SECONDS = 60
MAX_TOKEN_AGE_SECONDS = 600
MAX_REPLY_BYTES = 512 * 1024
DISCOVERY_SECONDS = 3600.0
# A stranger's token with an unknown key must not make us ask the provider again and again.
KEYS_PAUSE_SECONDS = 30.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
PRESETS = {
    "govbr": ("https://sso.acesso.gov.br/", "gov.br"),
    "govbr-staging": ("https://sso.staging.acesso.gov.br/", "gov.br (homologação)"),
}
GOVBR_SCOPES = "openid email profile govbr_confiabilidades"
SCOPES = "openid email profile"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a provider says of a person; ``subject`` is a CPF at gov.br and is kept by no one."""

    issuer: str
    subject: str = field(repr=False)
    email: str | None = field(repr=False)
    email_verified: bool
    name: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Discovered:
    """Where a provider does what, from its discovery document."""

    authorization: str
    token: str
    jwks: str
    userinfo: str | None
    names_issuer: bool


class OidcProvider:
    """One identity provider, with what it said of itself and its keys kept for a while."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str | None, scopes: str, name: str
    ) -> None:
        self.issuer = issuer
        self.client_id = client_id
        self.name = name
        self._secret = client_secret
        self._scopes = scopes
        self._address = _issuer_address(issuer)
        self._discovered: tuple[float, Discovered] | None = None
        self._keys: dict[str, jwt.PyJWK] = {}
        self._keys_read = 0.0

    async def authorization_url(
        self, *, state: str, nonce: str, verifier: str, redirect_uri: str
    ) -> str:
        """Return where the browser is sent. Raises AppError("oidc_unavailable")."""
        endpoint = (await self._discover()).authorization
        parameters = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": self._scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters)}"

    async def claims(
        self, *, code: str, answered_by: str | None, nonce: str, verifier: str, redirect_uri: str
    ) -> Claims:
        """Exchange a code for what the provider says of the person, and check every word of it.

        ``answered_by``: the ``iss`` parameter of the answer. Raises AppError("oidc_refused"|
        "oidc_unavailable"|"oidc_token_invalid").
        """
        found = await self._discover()
        if answered_by is None and found.names_issuer:
            raise AppError("oidc_token_invalid", reason="iss")
        if answered_by is not None and answered_by != self.issuer:
            raise AppError("oidc_token_invalid", reason="iss")
        tokens = await self._exchange(found, code, verifier, redirect_uri)
        said = await self._verify(found, str(tokens.get("id_token", "")), nonce)
        if "email" not in said and found.userinfo and tokens.get("access_token"):
            said = {**await self._userinfo(found, tokens, str(said["sub"])), **said}
        return Claims(
            issuer=self.issuer,
            subject=str(said["sub"]),
            email=said["email"] if isinstance(said.get("email"), str) else None,
            # Some providers write the truth value as a text.
            email_verified=said.get("email_verified") in (True, "true"),
            name=said["name"] if isinstance(said.get("name"), str) else None,
        )

    async def _discover(self) -> Discovered:
        if self._discovered and time.monotonic() - self._discovered[0] < DISCOVERY_SECONDS:
            return self._discovered[1]
        address = self.issuer.rstrip("/") + "/.well-known/openid-configuration"
        document = await self._read("GET", address)
        if document.get("issuer") != self.issuer:
            raise AppError("oidc_unavailable", reason="issuer")
        try:
            found = Discovered(
                authorization=self._allowed(document["authorization_endpoint"]),
                token=self._allowed(document["token_endpoint"]),
                jwks=self._allowed(document["jwks_uri"]),
                userinfo=self._allowed(document["userinfo_endpoint"])
                if document.get("userinfo_endpoint")
                else None,
                names_issuer=bool(document.get("authorization_response_iss_parameter_supported")),
            )
        except (KeyError, TypeError):
            raise AppError("oidc_unavailable", reason="discovery") from None
        self._discovered = (time.monotonic(), found)
        return found

    def _allowed(self, endpoint: Any) -> str:
        """Return an endpoint at the issuer's own origin, or at any other by https."""
        try:
            address = parse_url(str(endpoint))
        except AppError:
            raise AppError("oidc_unavailable", reason="endpoint") from None
        if address.origin != self._address.origin and address.scheme != "https":
            raise AppError("oidc_unavailable", reason="endpoint")
        return str(endpoint)

    async def _exchange(
        self, found: Discovered, code: str, verifier: str, redirect_uri: str
    ) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        if self._secret is None:
            form["client_id"] = self.client_id
        else:
            headers["authorization"] = _basic(self.client_id, self._secret)
        return await self._read("POST", found.token, urlencode(form).encode(), headers)

    async def _userinfo(
        self, found: Discovered, tokens: Mapping[str, Any], subject: str
    ) -> Mapping[str, Any]:
        assert found.userinfo is not None
        headers = {"authorization": f"Bearer {tokens['access_token']}"}
        said = await self._read("GET", found.userinfo, headers=headers)
        # Another person's data under this one's token (OpenID Connect Core, 5.3.2).
        if said.get("sub") != subject:
            raise AppError("oidc_token_invalid", reason="sub")
        return said

    async def _verify(self, found: Discovered, token: str, nonce: str) -> dict[str, Any]:
        """Check a token's signature and claims. Raises AppError("oidc_token_invalid")."""
        try:
            header = jwt.get_unverified_header(token)
            algorithm = header.get("alg")
            if algorithm not in ALGORITHMS:
                raise AppError("oidc_token_invalid", reason="alg")
            key = await self._key(found, header.get("kid"), algorithm)
            said: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=[algorithm],
                audience=self.client_id,
                issuer=self.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
            )
        except jwt.PyJWTError as error:
            raise AppError("oidc_token_invalid", reason=type(error).__name__) from None
        self._check_claims(said, nonce)
        return said

    def _check_claims(self, said: Mapping[str, Any], nonce: str) -> None:
        audience = said["aud"] if isinstance(said["aud"], list) else [said["aud"]]
        # A token made for somebody else too could be passed on to us by them.
        if audience != [self.client_id] and said.get("azp") != self.client_id:
            raise AppError("oidc_token_invalid", reason="aud")
        if said.get("azp", self.client_id) != self.client_id:
            raise AppError("oidc_token_invalid", reason="azp")
        if not hmac.compare_digest(str(said["nonce"]).encode(), nonce.encode()):
            raise AppError("oidc_token_invalid", reason="nonce")
        if time.time() - float(said["iat"]) > MAX_TOKEN_AGE_SECONDS + LEEWAY_SECONDS:
            raise AppError("oidc_token_invalid", reason="iat")
        if not said["sub"] or not isinstance(said["sub"], str):
            raise AppError("oidc_token_invalid", reason="sub")

    async def _key(self, found: Discovered, kid: object, algorithm: str) -> jwt.PyJWK:
        """Return the key that signed, reading the provider's keys again when it is a new one."""
        age = time.monotonic() - self._keys_read
        # A key that the provider has withdrawn signs nothing for long, also where no new one came.
        key = self._pick(kid, algorithm) if age < DISCOVERY_SECONDS else None
        if key is None and age >= KEYS_PAUSE_SECONDS:
            document = await self._read("GET", found.jwks)
            self._keys = _usable_keys(document)
            self._keys_read = time.monotonic()
            key = self._pick(kid, algorithm)
        if key is None:
            raise AppError("oidc_token_invalid", reason="kid")
        return key

    def _pick(self, kid: object, algorithm: str) -> jwt.PyJWK | None:
        fitting = [
            key
            for name, key in self._keys.items()
            if key.algorithm_name == algorithm and (kid is None or name == kid)
        ]
        # Without a name only a provider with a single such key says which one it means.
        return fitting[0] if len(fitting) == 1 else None

    async def _read(
        self,
        method: str,
        url: str,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        asked = {"accept": "application/json", **(headers or {})}
        try:
            async with GuardedClient(self._policy(parse_url(url))) as client:
                reply = await client.request(
                    method, url, content=content, headers=asked, max_bytes=MAX_REPLY_BYTES
                )
        except AppError as error:
            raise AppError("oidc_unavailable", reason=error.code) from None
        return _as_object(reply, refused=method == "POST")

    def _policy(self, address: WebAddress) -> HttpPolicy:
        if address.origin == self._address.origin:
            return policy_for_pinned(self.issuer, total_timeout=20.0, max_bytes=MAX_REPLY_BYTES)
        return HttpPolicy(allowed_schemes=frozenset({"https"}), max_redirects=0, total_timeout=20.0)


def provider_from_settings(settings: Settings) -> OidcProvider | None:
    """Return the provider that is set, or None. Raises AppError("settings_invalid")."""
    issuer, name = PRESETS.get(settings.oidc_preset or "", (None, None))
    issuer = settings.oidc_issuer or issuer
    if issuer is None:
        return None
    if not settings.oidc_client_id:
        raise AppError(
            "settings_invalid",
            setting="COGEP_OIDC_CLIENT_ID",
            reason="falta o identificador que o provedor deu a este sistema",
        )
    secret = settings.oidc_client_secret
    return OidcProvider(
        issuer,
        settings.oidc_client_id,
        secret.get_secret_value() if secret else None,
        settings.oidc_scopes or (GOVBR_SCOPES if settings.oidc_preset else SCOPES),
        settings.oidc_name or name or parse_url(issuer).host,
    )


def code_challenge(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _issuer_address(issuer: str) -> WebAddress:
    address = parse_url(issuer)
    if address.scheme != "https" and address.host not in LOOPBACK:
        raise AppError(
            "settings_invalid", setting="COGEP_OIDC_ISSUER", reason="o endereço deve ser https"
        )
    return address


def _usable_keys(document: Mapping[str, Any]) -> dict[str, jwt.PyJWK]:
    """Return the signing keys that we would trust, by name; others are passed over."""
    keys: dict[str, jwt.PyJWK] = {}
    entries = document.get("keys")
    for number, entry in enumerate(entries if isinstance(entries, list) else []):
        if not isinstance(entry, dict) or entry.get("use", "sig") != "sig":
            continue
        algorithm = {"RSA": "RS256", "EC": "ES256"}.get(str(entry.get("kty")))
        if algorithm is None or entry.get("alg", algorithm) != algorithm:
            continue
        try:
            key = jwt.PyJWK(entry, algorithm=algorithm)
        except jwt.PyJWTError:
            continue
        if _is_strong(key.key):
            keys[str(entry.get("kid", f"#{number}"))] = key
    return keys


def _is_strong(key: object) -> bool:
    if isinstance(key, RSAPublicKey):
        return key.key_size >= MIN_RSA_BITS
    return isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)


def _as_object(reply: Response, *, refused: bool) -> dict[str, Any]:
    body = reply.take_bytes()
    if reply.status != 200:
        client_error = refused and 400 <= reply.status < 500
        raise AppError(
            "oidc_refused" if client_error else "oidc_unavailable", reason=f"HTTP {reply.status}"
        )
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise AppError("oidc_unavailable", reason="json") from None
    if not isinstance(document, dict):
        raise AppError("oidc_unavailable", reason="json")
    return document


def _basic(client_id: str, secret: str) -> str:
    """Return the header of a client that proves itself (RFC 6749, 2.3.1)."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()
