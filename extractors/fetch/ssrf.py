"""Which URLs and which network addresses may be asked. Pure; the transport asks again when it connects."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from yarl import URL

from extractors.fetch.urls import host_group
from model import Outcome

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

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
    "168.63.129.16/32 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
)
_SPECIAL_6 = "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20"
# https://www.iana.org/assignments/iana-ipv4-special-registry, multicast, and 168.63.129.16, where
# every virtual machine of Azure reaches its host, although the address is a public one.
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
_HOST_AS_GIVEN = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?", re.ASCII)
_CONTROLS = re.compile(r"[\x00-\x20\x7f]")


class RefusedUrl(ValueError):  # noqa: N818
    """A URL that is never asked; `outcome` says which kind of refusal, `why` goes on after the URL."""

    def __init__(self, outcome: Outcome, why: str) -> None:
        self.outcome, self.why = outcome, why
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Target:
    """A URL in the one form that is judged and asked."""

    url: str  # without credentials and fragment
    origin: str
    scheme: str
    host: str  # ASCII, without brackets
    port: int
    server: str  # host:port
    group: str  # of hosts that are paced together
    name: str  # as the Host header has it
    path: str  # with the query, as the request line has it
    credentials: str | None  # user:password of the URL


@dataclass(frozen=True, eq=False)
class Allowlist:
    """Networks that are open beyond the public internet. Equal only to itself, so cheap to look up."""

    networks: tuple[Network, ...] = ()

    def holds(self, ip: Address) -> bool:
        return any(ip in network for network in self.networks if network.version == ip.version)


def allowlist(allow: Sequence[str]) -> Allowlist:
    return _allowlist(tuple(allow))


@lru_cache(maxsize=64)
def _allowlist(allow: tuple[str, ...]) -> Allowlist:
    return Allowlist(tuple(ipaddress.ip_network(network, strict=False) for network in allow))


@lru_cache(maxsize=4096)
def refusal(address: str, port: int, allow: Allowlist) -> tuple[Outcome, str] | None:
    """Why this address and port are never connected to; None when they may be."""
    try:
        ip = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return Outcome.BAD_URL, f"has no usable address ({address})"
    if allow.holds(ip):
        if port in BAD_PORTS:
            return Outcome.PRIVATE_ADDRESS, f"asks for port {port}, which is not a web port"
        return None
    if not _is_public(ip):
        return Outcome.PRIVATE_ADDRESS, f"is at {ip}, not on the public internet"
    if port not in WEB_PORTS:
        return Outcome.BAD_URL, f"asks for port {port}; only 80, 443, 8080 and 8443 are allowed"
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


def _parsed_url(url: str) -> URL:
    """Raises RefusedUrl for what is not an address of http or https."""
    if _CONTROLS.search(url) or "\\" in url.partition("?")[0]:
        raise RefusedUrl(Outcome.BAD_URL, "holds a space, a control character or a backslash")
    try:
        parsed = URL(url)
        _ = parsed.raw_host, parsed.port  # raises for what is neither
    except ValueError as exc:
        why = (str(exc) or type(exc).__name__).splitlines()[0][:120]
        raise RefusedUrl(Outcome.BAD_URL, f"is not a URL ({why})") from exc
    if parsed.scheme not in ("http", "https"):
        what = f"starts with {parsed.scheme}:" if parsed.scheme else "has no scheme"
        raise RefusedUrl(Outcome.BAD_URL, f"{what}; only http and https are fetched")
    return parsed


@lru_cache(maxsize=16_384)
def checked_url(url: str, allow: Allowlist) -> Target:
    """What to ask for `url`; raises RefusedUrl. Names are judged again by their addresses."""
    parsed = _parsed_url(url.strip())
    host, port = parsed.raw_host, parsed.port
    if not host or port is None:
        raise RefusedUrl(Outcome.BAD_URL, "names no host")
    if port == 0:
        raise RefusedUrl(Outcome.BAD_URL, "asks for port 0")
    _check_host(host, port, allow)
    credentials = None
    if parsed.user or parsed.password:
        credentials = f"{parsed.user or ''}:{parsed.password or ''}"
        parsed = parsed.with_user(None)
    name = parsed.host_port_subcomponent or host
    origin = f"{parsed.scheme}://{name}"
    path = parsed.raw_path_qs
    return Target(
        url=origin + path,
        origin=origin,
        scheme=parsed.scheme,
        host=host,
        port=port,
        server=f"{host}:{port}",
        group=_group(origin),
        name=name,
        path=path,
        credentials=credentials,
    )


@lru_cache(maxsize=4096)
def _group(origin: str) -> str:
    return host_group(origin)


@lru_cache(maxsize=4096)
def _check_host(host: str, port: int, allow: Allowlist) -> None:
    if ":" in host or _is_dotted_quad(host):
        if (refused := refusal(host, port, allow)) is not None:
            raise RefusedUrl(*refused)
        return
    if not _HOST_AS_GIVEN.fullmatch(host) or ".." in host or len(host) > 253:
        raise RefusedUrl(Outcome.BAD_URL, f"names no host that exists ({host[:80]})")
    name = host.rstrip(".")
    if _looks_numeric(name):
        raise _numeric_refusal(name)
    if name in _METADATA_NAMES:
        raise RefusedUrl(Outcome.PRIVATE_ADDRESS, f"names {name}, a cloud's metadata service")
    if not allow.networks and (name == "localhost" or name.endswith(_LOCAL_SUFFIXES)):
        raise RefusedUrl(Outcome.PRIVATE_ADDRESS, f"names {name}, which is a local name")
    if not allow.networks and port not in WEB_PORTS:
        raise RefusedUrl(
            Outcome.BAD_URL, f"asks for port {port}; only 80, 443, 8080 and 8443 are allowed"
        )


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
    ip = _legacy_address(name)
    if ip is None:
        return RefusedUrl(Outcome.BAD_URL, f"names no host that exists ({name[:80]})")
    kind = Outcome.BAD_URL if _is_public(ip) else Outcome.PRIVATE_ADDRESS
    return RefusedUrl(kind, f"hides the address {ip} behind the number {name}")


def _legacy_address(name: str) -> ipaddress.IPv4Address | None:
    """The address that old resolvers read in 2130706433, 0177.1 or 0x7f.0.0.1."""
    try:
        numbers = [_legacy_number(part) for part in name.split(".")]
    except ValueError:
        return None
    *first, last = numbers
    if len(first) > 3 or any(number > 255 for number in first) or last >= 256 ** (4 - len(first)):
        return None
    return ipaddress.IPv4Address(
        sum(number << 8 * (3 - place) for place, number in enumerate(first)) + last
    )


def _legacy_number(part: str) -> int:
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8) if part.startswith("0") and len(part) > 1 else int(part)
