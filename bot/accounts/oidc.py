"""Signing in at another house: any OpenID Connect provider, found by its discovery document, and LINE Login.

Authlib makes the address (state, nonce, PKCE) and fetches the token; joserfc, its own JOSE, checks the signature. A
sign-in opens an account that was linked before; it never makes one, and an e-mail address claimed by a provider opens
nothing. What waits between leaving and coming back travels sealed in a cookie of ten minutes.

LINE signs the id token of a web channel with the channel's secret (HS256); all others must use a key pair, so that a
public key is never taken for a shared secret.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    import httpx  # loaded with the first sign-in elsewhere: most houses have none, and it takes 3 MB

PAIRS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")
LINE = "https://access.line.me"
SCOPE = "openid profile"
KNOWN_FOR = 3600  # seconds that a discovery document is believed
LEEWAY = 60  # seconds that clocks may differ
WAITS = 600


class NotProved(Exception):
    """The provider did not prove who this is."""


@dataclass(frozen=True, slots=True)
class Left:
    """What we remember of somebody who left to sign in elsewhere."""

    provider: str
    state: str
    nonce: str
    verifier: str
    until: int  # seconds
    link: int = 0  # of the account to link, by its own owner; 0: to sign in
    next: str = ""

    def packed(self) -> bytes:
        return orjson.dumps(asdict(self))


def unpacked(raw: bytes) -> Left:
    return Left(**orjson.loads(raw))


@dataclass
class Provider:
    """One a process. `secretly`: signatures with the client secret are taken (LINE alone)."""

    name: str  # in our addresses
    issuer: str
    client_id: str
    client_secret: str
    label: str = ""
    inside: bool = False
    secretly: bool = False
    clock: Any = time.time
    _known: dict[str, tuple[float, Mapping[str, Any]]] = field(default_factory=dict)

    def leave(self, redirect: str, link: int = 0, onward: str = "") -> tuple[str, Left]:
        """Where to send the browser, and what to remember; raises NotProved where the provider is out of reach."""
        from authlib.common.security import generate_token

        left = Left(
            self.name,
            generate_token(32),
            generate_token(32),
            generate_token(64),
            int(self.clock()) + WAITS,
            link,
            onward,
        )
        from bot import outside

        with outside.client(self.inside) as wire:
            at = self._endpoint("authorization_endpoint", wire)
            url, _ = self._client(wire, redirect).create_authorization_url(
                at, state=left.state, nonce=left.nonce, code_verifier=left.verifier
            )
        return str(url), left

    def come_back(self, left: Left, query: Mapping[str, str], redirect: str) -> str:
        """`issuer subject` of who signed in there; raises NotProved."""
        code, state = query.get("code", ""), query.get("state", "")
        if not code or not hmac.compare_digest(state.encode(), left.state.encode()):
            raise NotProved("no code, or not the state that left")
        if left.provider != self.name or self.clock() > left.until:
            raise NotProved("too late, or another provider")
        if query.get("iss", self.issuer) != self.issuer:  # RFC 9207: mixed up with another provider
            raise NotProved("another issuer")
        from bot import outside

        with outside.client(self.inside) as wire:
            token = self._token(wire, code, left.verifier, redirect)
            claims = self._claims(wire, str(token.get("id_token", "")), left.nonce)
        return f"{self.issuer} {claims['sub']}"

    # --- the wire ----------------------------------------------------------------------------------------------------

    def _client(self, wire: httpx.Client, redirect: str) -> Any:
        from authlib.oauth2.client import OAuth2Client

        return OAuth2Client(
            wire, self.client_id, self.client_secret, scope=SCOPE, redirect_uri=redirect, code_challenge_method="S256"
        )

    def _token(self, wire: httpx.Client, code: str, verifier: str, redirect: str) -> Mapping[str, Any]:
        import httpx

        at, takes = (
            self._endpoint("token_endpoint", wire),
            self._found(wire).get("token_endpoint_auth_methods_supported"),
        )
        body = {"client_id": self.client_id, "client_secret": self.client_secret}
        posts = self.secretly or "client_secret_post" in (takes or ())  # else basic, as the standard supposes
        auth = httpx.Auth() if posts else httpx.BasicAuth(self.client_id, self.client_secret)
        asked = {"code": code, "redirect_uri": redirect, "code_verifier": verifier, **(body if posts else {})}
        try:
            token: Mapping[str, Any] = self._client(wire, redirect).fetch_token(
                at, grant_type="authorization_code", auth=auth, **asked
            )
        except Exception as error:  # httpx, Authlib and ValueError, all of them: no token
            raise NotProved(type(error).__name__) from None
        return token

    def _found(self, wire: httpx.Client) -> Mapping[str, Any]:
        found = self._get(wire, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise NotProved("the discovery document is of another issuer")
        return found

    def _endpoint(self, name: str, wire: httpx.Client) -> str:
        url = str(self._found(wire).get(name, ""))
        plain = self.inside and url.startswith("http://")
        if not (url.startswith("https://") or plain):
            raise NotProved(f"{name} is no https address")
        return url

    def _get(self, wire: httpx.Client, url: str, anew: bool = False) -> Mapping[str, Any]:
        import httpx

        until, known = self._known.get(url, (0.0, {}))
        if not anew and self.clock() < until:
            return known
        try:
            answer = wire.get(url, headers={"Accept": "application/json"})
            found = orjson.loads(answer.content) if answer.status_code == 200 else None
        except (httpx.HTTPError, ValueError) as error:
            raise NotProved(type(error).__name__) from None
        if not isinstance(found, dict):
            raise NotProved(f"{url} gives no document")
        self._known[url] = (self.clock() + KNOWN_FOR, found)
        return found

    # --- the proof ---------------------------------------------------------------------------------------------------

    def _claims(self, wire: httpx.Client, id_token: str, nonce: str) -> Mapping[str, Any]:
        from authlib.oidc.core import CodeIDToken

        claims = self._decoded(wire, id_token)
        options = {"iss": {"values": [self.issuer]}, "aud": {"values": [self.client_id]}}
        proof = CodeIDToken(claims, {}, options, {"nonce": nonce, "client_id": self.client_id})
        try:
            proof.validate(now=int(self.clock()), leeway=LEEWAY)
        except Exception as error:
            raise NotProved(type(error).__name__) from None
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise NotProved("no subject")
        return claims

    def _decoded(self, wire: httpx.Client, id_token: str) -> dict[str, Any]:
        from joserfc import jwt
        from joserfc.jwk import OctKey

        if self.secretly and _algorithm(id_token) == "HS256":
            try:
                return dict(jwt.decode(id_token, OctKey.import_key(self.client_secret), algorithms=["HS256"]).claims)
            except Exception as error:
                raise NotProved(type(error).__name__) from None
        try:
            return self._by_key(wire, id_token)
        except NotProved:
            raise
        except Exception:  # the provider may have changed its keys since we asked for them
            try:
                return self._by_key(wire, id_token, anew=True)
            except Exception as error:
                raise NotProved(type(error).__name__) from None

    def _by_key(self, wire: httpx.Client, id_token: str, anew: bool = False) -> dict[str, Any]:
        from joserfc import jwt
        from joserfc.jwk import KeySet

        keys = KeySet.import_key_set(self._get(wire, self._endpoint("jwks_uri", wire), anew))  # type: ignore[arg-type]
        return dict(jwt.decode(id_token, keys, algorithms=list(PAIRS)).claims)


def _algorithm(id_token: str) -> str:
    """What the token says of itself; it only chooses between checks."""
    from authlib.common.encoding import urlsafe_b64decode

    try:
        return str(orjson.loads(urlsafe_b64decode(id_token.partition(".")[0].encode()))["alg"])
    except (ValueError, KeyError, TypeError):
        return ""
