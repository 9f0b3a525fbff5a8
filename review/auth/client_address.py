"""Whose request it is, behind proxies: only proxies that are named are believed. Pure."""

import ipaddress
from collections.abc import Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
UNKNOWN_CLIENT = "unknown"


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas or blanks. Raises ValueError on what is neither."""
    return tuple(
        ipaddress.ip_network(part, strict=False) for part in text.replace(",", " ").split()
    )


def client_address(peer: str | None, forwarded: Iterable[str], trusted: tuple[Network, ...]) -> str:
    """The nearest address that no trusted proxy has.

    `forwarded`: the X-Forwarded-For headers in their order. Each proxy appends whom it was asked
    by, so that the list is read from its end; what stands before the first stranger is the
    stranger's own writing. IPv6 addresses count by their /64, which one customer has whole.
    """
    if peer is None:
        return UNKNOWN_CLIENT
    chain = [part.strip() for header in forwarded for part in header.split(",")]
    nearest = peer
    while _is_trusted(nearest, trusted) and chain:
        nearest = chain.pop()
    return _counted(nearest) or _counted(peer) or UNKNOWN_CLIENT


def _is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in trusted)


def _counted(address: str) -> str | None:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
