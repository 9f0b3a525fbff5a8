"""What each key of feeds.yaml may hold. A reader takes a YAML node; it returns the value or raises FieldError."""

import difflib
import ipaddress
import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import yaml

from extractors.fetch.headers import header_fault
from extractors.fetch.transport.proxies import parse_proxy
from extractors.fetch.urls import LONGEST_URL, SHARED_HOSTS, host_group

MOST_HEADERS = 20


class FieldError(Exception):
    """Why a value is refused, and what to write instead. Never quotes a secret."""

    def __init__(self, why: str, hint: str | None = None, node: yaml.Node | None = None) -> None:
        self.why, self.hint, self.node = why, hint, node
        super().__init__(why)


Reader = Callable[[yaml.Node], object]


def shorten(value: str, limit: int = 60) -> str:
    return value if len(value) <= limit else value[: limit - 1] + "…"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    known = sorted(known)
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else "known keys: " + ", ".join(known)


def raw(node: yaml.Node) -> str:
    """A scalar as it was typed: `region: NO` is Norway here, not false."""
    if not isinstance(node, yaml.ScalarNode):
        raise FieldError("must be a single value")
    return str(node.value).strip()


def text(longest: int = 200) -> Callable[[yaml.Node], str]:
    def read(node: yaml.Node) -> str:
        value = " ".join(raw(node).split())
        if not value:
            raise FieldError("is empty")
        if len(value) > longest:
            raise FieldError(f"is longer than {longest} characters")
        return value

    return read


def switch(node: yaml.Node) -> bool:
    value = raw(node).lower()
    if value in {"true", "yes", "on"}:
        return True
    if value in {"false", "no", "off"}:
        return False
    raise FieldError(f"must be true or false, not `{shorten(value)}`")


def number(low: float, high: float, *, whole: bool) -> Callable[[yaml.Node], float]:
    kind = "a whole number" if whole else "a number"

    def read(node: yaml.Node) -> float:
        value = raw(node)
        if not re.fullmatch(r"[+-]?\d{1,9}" if whole else r"[+-]?\d{1,9}(\.\d{0,9})?", value):
            raise FieldError(f"must be {kind} from {low:g} to {high:g}, not `{shorten(value)}`")
        found = int(value) if whole else float(value)
        if not low <= found <= high:
            raise FieldError(f"must be {kind} from {low:g} to {high:g}, not {found:g}")
        return found

    return read


def shaped(pattern: str, shape: str, hint: str | None = None) -> Callable[[yaml.Node], str]:
    def read(node: yaml.Node) -> str:
        value = raw(node)
        if not re.fullmatch(pattern, value):
            raise FieldError(f"must be {shape}, not `{shorten(value)}`", hint)
        return value

    return read


def kind(node: yaml.Node) -> str:
    value = raw(node)
    if value not in {"feed", "sitemap"}:
        raise FieldError(f"must be feed or sitemap, not `{shorten(value)}`")
    return value


def web_address(node: yaml.Node) -> str:
    return check_address(raw(node))


def check_address(url: str) -> str:
    """The address, if Pollwatch would ever request it as a feed."""
    if len(url) > LONGEST_URL:
        raise FieldError(f"is longer than {LONGEST_URL:,} characters")
    if re.search(r"[\x00-\x20\x7f\\]", url):
        raise FieldError("holds a blank, a control character or a backslash")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as exc:
        raise FieldError("is not a web address", str(exc).split(":")[0].lower()) from exc
    if "@" in parts.netloc:
        raise FieldError(
            "holds a user name or password",
            "take it out and write `auth: env:NAME`; the variable NAME then holds user:password",
        )
    if parts.scheme not in {"http", "https"}:
        raise FieldError(
            f"must start with http:// or https://, not `{shorten(url, 40)}`", _scheme(url)
        )
    if not host or port == 0 or not re.search(r"[^\W_]", host):
        raise FieldError(f"has no host: `{shorten(url)}`")
    return url


def _scheme(url: str) -> str | None:
    bare = re.sub(r"^(feed:(//)?|//|web\+feed:)", "", url)
    bare = bare if re.match(r"https?://", bare) else f"https://{bare}"
    try:
        host = urlsplit(bare).hostname or ""
    except ValueError:
        return None
    return f"did you mean {shorten(bare)}" if "." in host or host == "localhost" else None


def auth(node: yaml.Node) -> str:
    value = raw(node)
    if not is_reference(value):
        raise FieldError(
            "must name where the secret is, never hold it",
            "write env:NAME (an environment variable) or secret:block-name (a Prefect Secret)",
        )
    return value


def is_reference(value: str) -> bool:
    """Whether the value says where a secret is, instead of being one."""
    return bool(re.fullmatch(r"env:[A-Za-z_]\w*|secret:[a-z0-9][a-z0-9-]*", value, re.ASCII))


def proxy(node: yaml.Node) -> str:
    value = raw(node)
    if is_reference(value):
        return value
    try:
        found = parse_proxy(value)
    except ValueError as wrong:
        hint = "write http://proxy.example:3128, socks5h://…, env:NAME, secret:block-name or none"
        raise FieldError(str(wrong), hint) from wrong
    if found is not None and found.user is not None:
        raise FieldError(
            "holds a user name or password",
            "write env:NAME or secret:block-name, and keep the whole address there",
        )
    return value


def headers(node: yaml.Node) -> tuple[tuple[str, str], ...]:
    if not isinstance(node, yaml.MappingNode):
        raise FieldError("must be a mapping of `Name: value` lines")
    if len(node.value) > MOST_HEADERS:
        raise FieldError(f"holds more than {MOST_HEADERS} headers")
    found: dict[str, tuple[str, str]] = {}
    for key, value_node in node.value:
        name, value = raw(key), raw(value_node)
        if (why := header_fault(name, value)) is not None:
            raise FieldError(f"`{shorten(name, 40)}` {why}", _header_hint(name), key)
        if name.lower() in found:
            raise FieldError(f"`{name}` is given twice", None, key)
        found[name.lower()] = (name, value)
    return tuple(found.values())


def _header_hint(name: str) -> str | None:
    return {
        "authorization": "write `auth: env:NAME`; the variable then holds user:password",
        "user-agent": "write `user_agent_suffix: …`; who asks is said honestly",
    }.get(name.lower())


def sites(node: yaml.Node) -> tuple[str, ...]:
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return tuple(_site(raw(item)) for item in items)


def _site(value: str) -> str:
    host = value.lower().removeprefix("www.").rstrip(".")
    if not re.fullmatch(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}", host):
        raise FieldError(f"`{shorten(value)}` is no domain", "write it as example.org")
    if not host_group(f"https://{host}/") or host in SHARED_HOSTS:
        raise FieldError(
            f"`{shorten(value)}` belongs to many publishers", "write the one that is the outlet's"
        )
    return host


def networks(node: yaml.Node) -> tuple[str, ...]:
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    return tuple(_network(raw(item)) for item in items)


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError as exc:
        raise FieldError(
            f"`{shorten(value)}` is no network", "write it as 127.0.0.0/8 or 10.1.2.3/32"
        ) from exc


def live_lists(node: yaml.Node) -> tuple[str, ...]:
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    found = tuple(_live_list(raw(item)) for item in items)
    if len(set(found)) < len(found):
        raise FieldError("names a list twice")
    return found


def _live_list(value: str) -> str:
    if not value or len(value) > LONGEST_URL or "\0" in value:
        raise FieldError("is neither an address nor a file", "write https://… or lists/team.opml")
    return check_address(value) if "://" in value else value


def contact(node: yaml.Node) -> str:
    value = raw(node)
    if not re.fullmatch(r"(https?://|mailto:)?[!-~]{3,200}", value) or not re.search("[.@]", value):
        raise FieldError("must be a web or mail address where publishers can reach you")
    return value


_slug = shaped(r"[a-z0-9][a-z0-9-]{0,79}", "a-z, 0-9 and dashes, at most 80 characters")

FEED_FIELDS: dict[str, Reader] = {
    "id": _slug,
    "name": text(),
    "url": web_address,
    "category": text(),
    "language": shaped(
        r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a language tag", "such as en, es-MX or zh-Hant"
    ),
    "region": shaped(r"[A-Za-z]{2}(-[A-Za-z0-9]{1,8})?", "a region", "such as US or US-AZ"),
    "outlet": text(),
    "owner": text(),
    "kind": kind,
    "enabled": switch,
    "reason": text(500),
    "notes": text(2000),
    "interval_minutes": number(10, 10_080, whole=True),
    "full_text": switch,
    "user_agent_suffix": shaped(r"[ -~]{1,100}", "1 to 100 plain ASCII characters"),
    "auth": auth,
    "proxy": proxy,
    "headers": headers,
    "sites": sites,
}
SETTING_FIELDS: dict[str, Reader] = {
    "contact": contact,
    "allow_addresses": networks,
    "seconds_between_requests": number(0, 3600, whole=False),
    "concurrent_requests": number(1, 64, whole=True),
    "obey_robots": switch,
    "proxy": proxy,
    "opml": live_lists,
    "failing_share": number(0, 1, whole=False),
    "relevance_threshold": number(0, 1, whole=False),
}
