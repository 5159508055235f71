"""`/demo`: phones on one side, the console on the other, so that one sees both ends of a ticket at once.

Plain frames of our own pages; the policy lets nothing else in. Only the demo has this page.
"""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI
from starlette.responses import Response

POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
SAFE = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def routes(made: FastAPI) -> None:
    made.add_route("/demo", lambda _: _file("demo_page.html", "text/html"), methods=["GET"])
    made.add_route("/demo/page.css", lambda _: _file("demo_page.css", "text/css"), methods=["GET"])


def _file(name: str, type_: str) -> Response:
    return Response((files("bot") / name).read_bytes(), media_type=type_, headers=SAFE)
