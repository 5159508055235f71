"""Passkeys (WebAuthn): signing in with what unlocks one's phone or computer. Nothing to guess, nothing to phish.

The device proves who holds it (user verification is asked for and checked), so a passkey counts as both factors. The
library checks challenge, origin, signature and counter; we keep the public half. `webauthn` takes half a second to
load, so it is loaded when the first passkey is asked for.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

NAME = "Front Door"


class BadPasskey(Exception):
    """What the browser sent proves nothing."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the passkey is used: it works for this host alone."""

    origin: str

    @property
    def host(self) -> str:
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True, slots=True)
class Key:
    """A passkey as it is kept."""

    credential: str  # base64url
    public_key: bytes
    count: int


def new_challenge() -> bytes:
    return secrets.token_bytes(32)


def to_make(site: Site, id_: int, email: str, name: str, have: Iterable[str], challenge: bytes) -> str:
    """What the browser needs to make one: JSON. `have` are the credentials there already."""
    from webauthn import base64url_to_bytes, generate_registration_options, options_to_json
    from webauthn.helpers import structs

    options = generate_registration_options(
        rp_id=site.host,
        rp_name=NAME,
        user_name=email,
        user_id=f"staff:{id_}".encode(),
        user_display_name=name or email,
        challenge=challenge,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(base64url_to_bytes(one)) for one in have],
    )
    return options_to_json(options)


def made(site: Site, answer: str, challenge: bytes) -> Key:
    """The new passkey; raises BadPasskey."""
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url

    try:
        proved = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:  # the library raises a dozen kinds, and ValueError from what it decodes
        raise BadPasskey(str(error)) from None
    return Key(bytes_to_base64url(proved.credential_id), proved.credential_public_key, proved.sign_count)


def to_use(site: Site, challenge: bytes) -> str:
    """What the browser needs to sign in, for any passkey of this host: JSON."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    asked = UserVerificationRequirement.REQUIRED
    return options_to_json(
        generate_authentication_options(rp_id=site.host, challenge=challenge, user_verification=asked)
    )


def used(site: Site, answer: str, challenge: bytes, key: Key) -> int:
    """The counter after this use; raises BadPasskey, also where a copy of the key counted on its own."""
    from webauthn import verify_authentication_response

    try:
        return verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.count,
            require_user_verification=True,
        ).new_sign_count
    except Exception as error:
        raise BadPasskey(str(error)) from None


def claimed(answer: str) -> tuple[str, bytes]:
    """Credential and challenge that the answer names, still unproved; raises BadPasskey."""
    from webauthn import base64url_to_bytes

    try:
        said: dict[str, Any] = json.loads(answer)
        client = json.loads(base64url_to_bytes(said["response"]["clientDataJSON"]))
        return str(said["id"]), base64url_to_bytes(client["challenge"])
    except Exception as error:
        raise BadPasskey(str(error)) from None
