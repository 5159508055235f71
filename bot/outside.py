"""An HTTP client for addresses on the internet, which cannot be turned against our own network.

An address that somebody configured, or that an answer from outside names, may point inside: 127.1, a decimal number,
`[::ffff:10.0.0.1]`, a name that resolves to 10.0.0.1 now or the second time it is asked (DNS rebinding). So the name
is resolved once, every address found must be public, and the connection goes to that very address, while TLS and the
Host header keep the name. Redirects are not followed, environment proxies not used, answers cut at a megabyte.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

SECONDS, LARGEST = 5.0, 1024 * 1024
NAT64 = IPv6Network("64:ff9b::/96")


class Refused(httpx.TransportError):
    """Not an address that we call."""


class Guarded(httpx.BaseTransport):
    """`inside`: the operator says that this peer stands in the own network (a sign-in server, say)."""

    def __init__(self, inside: bool = False) -> None:
        self._inside = inside
        self._wire = httpx.HTTPTransport(trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        found = address_of(url.host, url.port or (443 if url.scheme == "https" else 80), self._inside)
        if url.scheme != "https" and not (self._inside and found.is_loopback):
            raise Refused("only https is called")
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        request.url = url.copy_with(host=str(found))
        answer = self._wire.handle_request(request)
        assert isinstance(answer.stream, httpx.SyncByteStream)
        return httpx.Response(answer.status_code, headers=answer.headers, stream=Cut(answer.stream))

    def close(self) -> None:
        self._wire.close()


class Cut(httpx.SyncByteStream):
    """A body that ends with a fault where it grows too long."""

    def __init__(self, whole: httpx.SyncByteStream) -> None:
        self._whole = whole

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self._whole:
            size += len(part)
            if size > LARGEST:
                raise Refused("the answer is too long")
            yield part

    def close(self) -> None:
        self._whole.close()


def client(inside: bool = False) -> httpx.Client:
    return httpx.Client(transport=Guarded(inside), timeout=SECONDS, follow_redirects=False, trust_env=False)


def address_of(host: str, port: int, inside: bool = False) -> IPv4Address | IPv6Address:
    """The one address to connect to; raises Refused unless all that the name has are public."""
    try:
        found = [ip_address(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, ValueError, UnicodeError):
        raise Refused("the name has no address") from None
    if not found or not (inside or all(is_public(one) for one in found)):
        raise Refused("the name leads into a private network")
    return found[0]


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Also where IPv4 hides in IPv6: mapped, NAT64, 6to4, Teredo."""
    if isinstance(address, IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in NAT64:
            hidden = IPv4Address(int(address) & 0xFFFFFFFF)
        if hidden is not None:
            return is_public(hidden)
    return address.is_global and not address.is_multicast
