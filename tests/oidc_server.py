"""An OpenID Connect provider over HTTP: discovery, keys, authorization with PKCE, token; and with faults to order.

It keeps to the standard where no fault is ordered: codes work once, the verifier must fit the challenge, the client
must prove itself. Whoever is `signed_in` there is signed in at once, since its own login page is not what is tested.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from authlib.common.security import generate_token
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "front-door", "a-client-secret-of-some-length-0123456789"


@dataclass
class Provider:
    """`claims` overrides what the id token says (None removes), `fault` names something it does wrong."""

    issuer: str = ""
    signed_in: str = "subject-1"
    posts: bool = False  # takes the secret in the body alone
    claims: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(routes=[
            Route("/.well-known/openid-configuration", self.discovery),
            Route("/keys", self.keys),
            Route("/authorize", self.authorize),
            Route("/token", self.token, methods=["POST"]),
        ])  # fmt: skip

    def discovery(self, request: Request) -> Response:
        if self.fault == "redirect":
            return RedirectResponse("http://169.254.169.254/latest")
        told = {
            "issuer": "https://another.example" if self.fault == "issuer" else self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        if self.posts:
            told["token_endpoint_auth_methods_supported"] = ["client_secret_post"]  # type: ignore[assignment]
        return JSONResponse(told)

    def keys(self, request: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.asked.append(asked)
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = generate_token(24)
        self.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    async def token(self, request: Request) -> Response:
        body = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(body.get("code", ""), None)
        fits = asked and create_s256_code_challenge(body.get("code_verifier", "")) == asked["code_challenge"]
        if (
            not fits
            or not asked
            or asked["redirect_uri"] != body.get("redirect_uri")
            or not self._is_client(request, body)
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": self._id_token(asked["nonce"])})

    def _is_client(self, request: Request, body: dict[str, str]) -> bool:
        if self.posts:
            return (body.get("client_id"), body.get("client_secret")) == (CLIENT, SECRET)
        told = request.headers.get("authorization", "").removeprefix("Basic ")
        return base64.b64decode(told).decode() == f"{CLIENT}:{SECRET}"

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        said = {"iss": self.issuer, "sub": self.signed_in, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        said = {name: value for name, value in {**said, **self.claims}.items() if value is not None}
        if self.fault == "none":
            parts = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (b'{"alg":"none"}', _json(said))]
            return f"{parts[0]}.{parts[1]}."
        if self.fault == "public key as secret":
            return jwt.encode({"alg": "HS256"}, said, OctKey.import_key(self.key.as_pem(private=False)))
        if self.fault in ("secret", "line"):
            return jwt.encode({"alg": "HS256"}, said, OctKey.import_key(SECRET))
        if self.fault == "another key":
            return jwt.encode({"alg": "RS256", "kid": "one"}, said, RSAKey.generate_key(2048))
        alg = "ES256" if isinstance(self.key, ECKey) else "RS256"
        return jwt.encode({"alg": alg, "kid": self.key.kid}, said, self.key)


def _json(value: dict[str, Any]) -> bytes:
    import orjson

    return orjson.dumps(value)
