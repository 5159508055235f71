"""From where a request comes: the address to count tries by, and where one may go on to afterwards.

X-Forwarded-For is believed only as far as it was written by proxies that the settings name: it is read from its end,
and the first address that is no proxy of ours is the one. Anything before that, anybody may have written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

HOME = "/console/"
ONE_HOUSEHOLD = 64  # of IPv6, a network is one neighbour


def address(peer: str, forwarded: Iterable[str], proxies: Sequence[str]) -> str:
    """`forwarded` are the values of all X-Forwarded-For headers, in order; `proxies` addresses or networks."""
    here = _read(peer)
    hops = [hop.strip() for line in forwarded for hop in line.split(",")]
    while hops and here is not None and _is_ours(here, proxies):
        before = _read(hops.pop())
        if before is None:
            break
        here = before
    return _counted(here) if here else peer[:64]


def _read(text: str) -> IPv4Address | IPv6Address | None:
    bare = text.strip().removeprefix("[").partition("]")[0] if "[" in text else text.strip()
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _is_ours(here: IPv4Address | IPv6Address, proxies: Sequence[str]) -> bool:
    return any(here in ip_network(one, strict=False) for one in proxies)


def _counted(here: IPv4Address | IPv6Address) -> str:
    if isinstance(here, IPv6Address):
        return str(IPv6Network((here, ONE_HOUSEHOLD), strict=False))
    return str(here)


def onward(wanted: str) -> str:
    """Where to go after signing in: a page of the console, never another site (`//evil`, `\\evil`, `javascript:`)."""
    if "\\" in wanted or any(ord(letter) < 33 for letter in wanted) or not wanted.startswith("/console"):
        return HOME
    parts = urlsplit(wanted)
    own = not parts.scheme and not parts.netloc and (parts.path == "/console" or parts.path.startswith("/console/"))
    return wanted if own and "//" not in parts.path and "/sign-in" not in parts.path else HOME
