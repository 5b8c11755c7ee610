"""By which names a server of this machine may be asked, where nothing but its address keeps strangers out.

A web page can let its own name point to 127.0.0.1 and then read what a browser fetches from there (DNS rebinding). The
browser still sends the page's name as Host: whoever answers without a key looks at it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

ANY_HOST = "*"


def is_loopback(host: str) -> bool:
    """Say whether a host's name or address is of this machine alone."""
    try:
        return unmapped_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def unmapped_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return an address; one of IPv4 that is written as IPv6 as itself.

    Raises:
        ValueError: If it is a name.
    """
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def is_own_host(hosts: Iterable[bytes], names: Iterable[str] = ()) -> bool:
    """Say whether a request names a loopback host, or one of these.

    Args:
        hosts: Its Host headers. None at all is no browser's, which this is about; two are one too many.
        names: Names that are taken besides; `*` for any.
    """
    return _is_own_host(tuple(hosts), tuple(names))


@lru_cache(maxsize=64)  # each request asks, and nearly all ask the same
def _is_own_host(hosts: tuple[bytes, ...], names: tuple[str, ...]) -> bool:
    known = {name.lower() for name in names}
    given = [host.decode("latin-1").strip().lower() for host in hosts]
    if ANY_HOST in known or not given:
        return True
    name = _without_port(given[0])
    return len(given) == 1 and (name in known or is_loopback(name))


def _without_port(host: str) -> str:
    if host.startswith("["):
        address, bracket, port = host[1:].partition("]")
        return address if bracket and (not port or port[1:].isdigit()) else host
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).removesuffix(".")
