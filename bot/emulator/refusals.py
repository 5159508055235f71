"""What LINE answers when it does not do what it was asked, with LINE's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Refused(Exception):
    """An answer other than 2xx."""

    status: int
    message: str
    details: list[dict[str, str]] = field(default_factory=list)
    more: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        told: dict[str, Any] = {"message": self.message}
        if self.details:
            told["details"] = self.details
        return {**told, **self.more}


BAD_TOKEN = "Invalid reply token"  # noqa: S105 - the words of an answer
RATE = "The API rate limit has been exceeded. Try again later."
QUOTA = "You have reached your monthly limit."
ACCEPTED = "The retry key is already accepted"
FAILED = "Failed to send messages"
NOT_FOUND = "Not found"
UNAUTHORISED = "Authentication failed. Confirm that the access token in the authorization header is valid."
TOO_LARGE = "Request exceeds the max size of 2MB"
INTERNAL = "Internal Server Error"


def not_found(message: str = NOT_FOUND) -> Refused:
    return Refused(404, message)
