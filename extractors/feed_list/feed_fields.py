"""What each key of feeds.yaml may hold. Readers as in config/fields.py."""

import ipaddress
import re
from urllib.parse import urlsplit

import yaml

from config.fields import (
    FieldError,
    Reader,
    list_of,
    number_field,
    one_of,
    raw,
    shaped,
    switch,
    text_field,
)
from config.mapping import shorten
from extractors.cluster.address import check_cluster
from extractors.fetch.answer.headers import header_fault
from extractors.fetch.transport.proxies import UNSAFE_IN_ADDRESS, parse_proxy
from extractors.fetch.urls import LONGEST_URL, SHARED_HOSTS, host_group

MOST_HEADERS = 20


def web_address(node: yaml.Node) -> str:
    return check_address(raw(node))


def check_address(url: str) -> str:
    """The address, if Pollwatch would ever request it as a feed."""
    if len(url) > LONGEST_URL:
        raise FieldError(f"is longer than {LONGEST_URL:,} characters")
    if UNSAFE_IN_ADDRESS.search(url):
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
            f'must start with http:// or https://, not "{shorten(url, 40)}"', _scheme(url)
        )
    if not host or port == 0 or not re.search(r"[^\W_]", host):
        raise FieldError(f'has no host: "{shorten(url)}"')
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
        parsed = parse_proxy(value)
    except ValueError as wrong:
        hint = "write http://proxy.example:3128, socks5h://…, env:NAME, secret:block-name or none"
        raise FieldError(str(wrong), hint) from wrong
    if parsed is not None and parsed.user is not None:
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
    headers: dict[str, tuple[str, str]] = {}
    for key, value_node in node.value:
        name, value = raw(key), raw(value_node)
        if (why := header_fault(name, value)) is not None:
            raise FieldError(f'"{shorten(name, 40)}" {why}', _header_hint(name), key)
        if name.lower() in headers:
            raise FieldError(f'the header "{name}" comes twice', None, key)
        headers[name.lower()] = (name, value)
    return tuple(headers.values())


def _header_hint(name: str) -> str | None:
    return {
        "authorization": "write `auth: env:NAME`; the variable then holds user:password",
        "user-agent": "write `user_agent_suffix: …`; who asks is said honestly",
    }.get(name.lower())


def site(node: yaml.Node) -> str:
    value = raw(node)
    host = value.lower().removeprefix("www.").rstrip(".")
    if not re.fullmatch(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}", host):
        raise FieldError(f'"{shorten(value)}" is not a domain', "write it as example.org")
    if not host_group(f"https://{host}/") or host in SHARED_HOSTS:
        raise FieldError(
            f'"{shorten(value)}" belongs to many publishers', "write the one that is the outlet's"
        )
    return host


def network_text(node: yaml.Node) -> str:
    value = raw(node)
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError as exc:
        raise FieldError(
            f'"{shorten(value)}" is not a network', "write it as 127.0.0.0/8 or 10.1.2.3/32"
        ) from exc


def live_lists(node: yaml.Node) -> tuple[str, ...]:
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    lists = tuple(_live_list(raw(item)) for item in items)
    if len(set(lists)) < len(lists):
        raise FieldError("names a list twice")
    return lists


def _live_list(value: str) -> str:
    if not value or len(value) > LONGEST_URL or "\0" in value:
        raise FieldError("is neither an address nor a file", "write https://… or lists/team.opml")
    return check_address(value) if "://" in value else value


def contact_address(node: yaml.Node) -> str:
    value = raw(node)
    if not re.fullmatch(r"(https?://|mailto:)?[!-~]{3,200}", value) or not re.search("[.@]", value):
        raise FieldError("must be a web or mail address where publishers can reach you")
    return value


def cluster(node: yaml.Node) -> str:
    try:
        return check_cluster(raw(node))
    except ValueError as wrong:
        raise FieldError(str(wrong)) from wrong


_slug = shaped(r"[a-z0-9][a-z0-9-]{0,79}", "a-z, 0-9 and dashes, at most 80 characters")

FEED_FIELDS: dict[str, Reader] = {
    "id": _slug,
    "name": text_field(),
    "url": web_address,
    "category": text_field(),
    "language": shaped(
        r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a language tag", "such as en, es-MX or zh-Hant"
    ),
    "region": shaped(r"[A-Za-z]{2}(-[A-Za-z0-9]{1,8})?", "a region", "such as US or US-AZ"),
    "outlet": text_field(),
    "owner": text_field(),
    "kind": one_of(("feed", "sitemap"), "kind of source"),
    "enabled": switch,
    "reason": text_field(500),
    "notes": text_field(2000),
    "interval_minutes": number_field(10, 10_080),
    "full_text": switch,
    "user_agent_suffix": shaped(r"[ -~]{1,100}", "1 to 100 plain ASCII characters"),
    "auth": auth,
    "proxy": proxy,
    "headers": headers,
    "sites": list_of(site, least=0),
}
SETTING_FIELDS: dict[str, Reader] = {
    "contact": contact_address,
    "allow_addresses": list_of(network_text, least=0),
    "seconds_between_requests": number_field(0, 3600, whole=False),
    "concurrent_requests": number_field(1, 64),
    "obey_robots": switch,
    "proxy": proxy,
    "opml": live_lists,
    "failing_share": number_field(0, 1, whole=False),
    "cluster": cluster,
    "cluster_lost": one_of(("stop", "local"), "way on"),
    "relevance_threshold": number_field(0, 1, whole=False),
}
