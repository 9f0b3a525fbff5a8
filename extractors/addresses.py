"""Which URLs and which network addresses may be asked. Judged on the way in and again at connect time."""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

from aiohappyeyeballs import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from model import Outcome

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Lookup = Callable[[str, int], Sequence[str]]

WEB_PORTS = frozenset({80, 443, 8080, 8443})
_BAD_PORTS = (
    "1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 "
    "115 117 119 123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 "
    "556 563 587 601 636 989 990 993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 "
    "6666 6667 6668 6669 6679 6697 10080"
)
# An allowed address is open on any port but those of other protocols: https://fetch.spec.whatwg.org/#bad-port
BAD_PORTS = frozenset(int(port) for port in _BAD_PORTS.split())

_SPECIAL_4 = (
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 "
    "192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 "
    "198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
)
_SPECIAL_6 = "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20"
# https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast
_NOT_PUBLIC_4 = tuple(ipaddress.IPv4Network(network) for network in _SPECIAL_4.split())
# Global unicast is 2000::/3; these parts of it are special or tunnel into IPv4 (Teredo, 6to4).
_UNICAST_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(ipaddress.IPv6Network(network) for network in _SPECIAL_6.split())
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

_METADATA_NAMES = frozenset(
    {
        "instance-data",
        "instance-data.ec2.internal",
        "metadata",
        "metadata.goog",
        "metadata.google.internal",
    }
)
_LOCAL_SUFFIXES = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?", re.ASCII)
_CONTROLS = re.compile(r"[\x00-\x20\x7f]")


class RefusedUrl(ValueError):  # noqa: N818
    """A URL that is never asked; `outcome` says which kind of refusal, `why` goes on after the URL."""

    def __init__(self, outcome: Outcome, why: str) -> None:
        self.outcome, self.why = outcome, why
        super().__init__(why)


class RefusedAddress(OSError):  # noqa: N818
    """An address that is never connected to. An OSError, so that aiohttp tries the next address."""

    def __init__(self, outcome: Outcome, why: str) -> None:
        self.outcome, self.why = outcome, why
        super().__init__(why)


def networks(allow: Sequence[str]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(network, strict=False) for network in allow)


@lru_cache(maxsize=4096)
def refusal(address: str, port: int, allow: tuple[Network, ...]) -> RefusedUrl | None:
    """Why this address and port are never connected to; None when they may be."""
    try:
        ip = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return RefusedUrl(Outcome.BAD_URL, f"has no usable address ({address})")
    if any(ip in network for network in allow if network.version == ip.version):
        if port in BAD_PORTS:
            return RefusedUrl(
                Outcome.PRIVATE_ADDRESS, f"asks for port {port}, which is no web port"
            )
        return None
    if not _is_public(ip):
        return RefusedUrl(Outcome.PRIVATE_ADDRESS, f"is at {ip}, not on the public internet")
    if port not in WEB_PORTS:
        return RefusedUrl(Outcome.BAD_URL, f"asks for port {port}; only 80, 443, 8080 and 8443 are")
    return None


def _unwrapped(ip: Address) -> Address:
    """The IPv4 address inside a mapped or NAT64 one: that is where the packets go."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip in _NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


def _is_public(ip: Address) -> bool:
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC_4)
    return ip in _UNICAST_6 and not any(ip in network for network in _NOT_PUBLIC_6)


def checked_url(url: str, allow: tuple[Network, ...]) -> URL:
    """The URL in the one form that is judged and asked; raises RefusedUrl.

    Host names are judged again by every address that they resolve to.
    """
    url = url.strip()
    if _CONTROLS.search(url) or "\\" in url.partition("?")[0]:
        raise RefusedUrl(Outcome.BAD_URL, "holds a space, a control character or a backslash")
    try:
        target = URL(url)
        host, port = target.raw_host, target.port
    except ValueError as exc:
        raise RefusedUrl(Outcome.BAD_URL, f"is no URL ({_plain(exc)})") from exc
    if target.scheme not in ("http", "https"):
        what = f"starts with {target.scheme}:" if target.scheme else "has no scheme"
        raise RefusedUrl(Outcome.BAD_URL, f"{what}; only http and https are asked")
    if not host or port is None:
        raise RefusedUrl(Outcome.BAD_URL, "names no host")
    if port == 0:
        raise RefusedUrl(Outcome.BAD_URL, "asks for port 0")
    _check_host(host, port, allow)
    return target.with_fragment(None) if target.raw_fragment else target


@lru_cache(maxsize=4096)
def _check_host(host: str, port: int, allow: tuple[Network, ...]) -> None:
    if ":" in host or _is_dotted_quad(host):
        if (refused := refusal(host, port, allow)) is not None:
            raise refused
        return
    if not _HOST.fullmatch(host) or ".." in host or len(host) > 253:
        raise RefusedUrl(Outcome.BAD_URL, f"names no host that exists ({host[:80]})")
    name = host.rstrip(".")
    if _looks_numeric(name):
        raise _numeric_refusal(name)
    if name in _METADATA_NAMES:
        raise RefusedUrl(Outcome.PRIVATE_ADDRESS, f"names {name}, a cloud's metadata service")
    if not allow and (name == "localhost" or name.endswith(_LOCAL_SUFFIXES)):
        raise RefusedUrl(Outcome.PRIVATE_ADDRESS, f"names {name}, which is a local name")
    if not allow and port not in WEB_PORTS:
        raise RefusedUrl(Outcome.BAD_URL, f"asks for port {port}; only 80, 443, 8080 and 8443 are")


def _is_dotted_quad(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def _looks_numeric(name: str) -> bool:
    """Whether resolvers read the name as an IPv4 address (https://url.spec.whatwg.org/#ends-in-a-number-checker)."""
    last = name.rpartition(".")[2]
    return last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last) is not None


def _numeric_refusal(name: str) -> RefusedUrl:
    try:
        ip = ipaddress.IPv4Address(socket.inet_aton(name))
    except OSError:
        return RefusedUrl(Outcome.BAD_URL, f"names no host that exists ({name[:80]})")
    kind = Outcome.BAD_URL if _is_public(ip) else Outcome.PRIVATE_ADDRESS
    return RefusedUrl(kind, f"hides the address {ip} behind the number {name}")


def _plain(exc: BaseException) -> str:
    return (str(exc) or type(exc).__name__).splitlines()[0][:120]


def look_up(host: str, port: int) -> Sequence[str]:
    """The host's addresses, by the system's resolver; blocks."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return tuple(str(info[4][0]) for info in found)


class Resolver(AbstractResolver):
    """Looks names up in threads of its own and gives out only addresses that may be connected to.

    Its own threads, because lookups that hang would starve everything else in the default pool.
    """

    def __init__(self, allow: tuple[Network, ...], lookup: Lookup = look_up) -> None:
        self._allow, self._lookup = allow, lookup
        self._threads = ThreadPoolExecutor(max_workers=32, thread_name_prefix="dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, self._lookup, host, port)
        if not found:
            raise OSError(f"no address for {host}")
        refusals = {address: refusal(address, port, self._allow) for address in found}
        if all(refusals.values()):
            first = next(refused for refused in refusals.values() if refused)
            raise RefusedAddress(first.outcome, first.why)
        return [_result(host, address, port) for address, no in refusals.items() if no is None]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _result(host: str, address: str, port: int) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host=address,
        port=port,
        family=socket.AF_INET6 if ":" in address else socket.AF_INET,
        proto=socket.IPPROTO_TCP,
        flags=socket.AI_NUMERICHOST,
    )


def guarded_sockets(allow: tuple[Network, ...]) -> Callable[[AddrInfoType], socket.socket]:
    """A socket factory that sees the very address being connected to: no window for DNS rebinding."""

    def make(info: AddrInfoType) -> socket.socket:
        family, kind, proto, _, address = info
        where: tuple[Any, ...] = address
        if (refused := refusal(str(where[0]), int(where[1]), allow)) is not None:
            raise RefusedAddress(refused.outcome, refused.why)
        return socket.socket(family=family, type=kind, proto=proto)

    return make
