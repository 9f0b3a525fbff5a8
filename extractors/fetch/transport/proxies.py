"""Which proxy carries a request: the feed's own, that of the settings, or the environment's. Pure.

libcurl reads neither: it ignores HTTP_PROXY in upper case, and its NO_PROXY knows no ports.
"""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from extractors.fetch.ssrf import Target

DIRECT = "none"  # what a setting says that wants no proxy at all
_PORTS = {"http": 80, "https": 443, "socks4a": 1080, "socks5h": 1080}
# The proxy looks names up: offices often know no outside names, and it is where the guard stands.
_SAME = {"socks": "socks5h", "socks4": "socks4a", "socks5": "socks5h"}
_PROXY_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?", re.ASCII)
UNSAFE_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f\\]")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, named by whoever runs Pollwatch, and so allowed wherever it stands."""

    scheme: str
    host: str  # without brackets
    port: int
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @property
    def server(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """Without user and password."""
        return f"{self.scheme}://{self.server}"


def parse_proxy(text: str) -> Proxy | None:
    """None for `none`; raises ValueError, which says what is wrong and never quotes a password."""
    text = text.strip()
    if text.lower() == DIRECT:
        return None
    if not text or UNSAFE_IN_ADDRESS.search(text):
        raise ValueError("is empty, or holds a blank, a control character or a backslash")
    if "://" not in text:
        text = f"http://{text}"  # as curl and browsers read `proxy.example:3128`
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("has no host, or its port is not a number") from None
    scheme = _SAME.get(parts.scheme, parts.scheme)
    if scheme not in _PORTS:
        raise ValueError(f"starts with {parts.scheme[:20]}:, but must be {', '.join(_PORTS)}")
    if port == 0 or not (":" in host or _PROXY_HOST.fullmatch(host)):
        raise ValueError("has no host, or its port is not a number")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("holds more than scheme, user, password, host and port")
    user = unquote(parts.username) if parts.username is not None else None
    password = unquote(parts.password) if parts.password is not None else None
    return Proxy(scheme, host, port or _PORTS[scheme], user, password)


@dataclass(frozen=True, slots=True)
class Proxies:
    """What the environment says, and what stands over it.

    `by_setting` is the setting `proxy:` of feeds.yaml, `by_group` that of single feeds, for all
    that is asked of their host group.
    """

    http: Proxy | None = None
    https: Proxy | None = None
    exempt: tuple[str, ...] = ()
    by_setting: Proxy | None = None
    by_group: Mapping[str, Proxy | None] = field(default_factory=dict)

    def choose(self, target: Target) -> Proxy | None:
        """The proxy for `target`. What NO_PROXY names is asked directly, unless its feed says else."""
        if target.group in self.by_group:
            return self.by_group[target.group]
        general = self.by_setting or (self.https if target.scheme == "https" else self.http)
        if general is None or is_exempt(target.host, target.port, self.exempt):
            return None
        return general


def proxies_from(
    environ: Mapping[str, str],
    *,
    setting: str | None = None,
    by_group: Mapping[str, str] | None = None,
) -> Proxies:
    """Raises ValueError, which names the variable and never quotes a password.

    The setting `none` switches the environment's proxies off as well.
    """
    groups = {group: parse_proxy(text) for group, text in (by_group or {}).items()}
    if setting is not None and parse_proxy(setting) is None:
        return Proxies(by_group=groups)
    by_setting = parse_proxy(setting) if setting is not None else None
    # A CGI program's HTTP_PROXY is the request's header `Proxy:` (https://httpoxy.org).
    upper = () if "REQUEST_METHOD" in environ else ("HTTP_PROXY",)
    http = _first_set(environ, "http_proxy", *upper, "all_proxy", "ALL_PROXY")
    https = _first_set(environ, "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    exempt = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    return Proxies(http, https, exemptions(exempt), by_setting, groups)


def _first_set(environ: Mapping[str, str], *names: str) -> Proxy | None:
    for name in names:
        if value := environ.get(name, "").strip():
            try:
                return parse_proxy(value)
            except ValueError as wrong:
                raise ValueError(f"the environment variable {name} {wrong}") from None
    return None


def exemptions(text: str) -> tuple[str, ...]:
    return tuple(part.lower() for part in re.split(r"[,\s]+", text) if part)


def is_exempt(host: str, port: int, exempt: Sequence[str]) -> bool:
    """Whether NO_PROXY names this host: `*`, a name with all below it, an address, a CIDR network,
    each with or without a port."""
    host = host.rstrip(".").lower()
    for entry in exempt:
        if entry == "*":
            return True
        name, listed_port = _name_and_port(entry)
        if listed_port not in (None, port):
            continue
        if _is_within(host, name):
            return True
        bare = name.removeprefix("*").lstrip(".").rstrip(".")
        if bare and (host == bare or host.endswith(f".{bare}")):
            return True
    return False


def _name_and_port(entry: str) -> tuple[str, int | None]:
    """`paper.example:8080`, `[::1]:80`, `::1` and `10.0.0.0/8` taken apart."""
    if entry.startswith("["):
        name, _, rest = entry[1:].partition("]")
        return name, int(rest[1:]) if rest[1:].isdecimal() else None
    name, colon, port = entry.rpartition(":")
    if colon and ":" not in name and port.isdecimal():
        return name, int(port)
    return entry, None


def _is_within(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
