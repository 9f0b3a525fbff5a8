"""The cookies of one chain of redirects: sent only on the way back to an address asked before. Pure.

Some sites set a cookie, redirect to the same address and wait for it. What they set is forgotten
with the chain, so that no request can be told to come from whom an earlier one came.
"""

import re
from dataclasses import dataclass, field

from extractors.fetch.ssrf import Target
from extractors.fetch.urls import host_group

MOST_COOKIES = 50
LONGEST_COOKIES = 4096  # of all that is sent, as browsers limit one cookie
_PAIR = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+=[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e\" ,]*")


@dataclass(frozen=True, slots=True)
class _Cookie:
    domain: str
    with_subdomains: bool
    secure: bool
    pair: str

    def is_for(self, target: Target) -> bool:
        if self.secure and target.scheme != "https":
            return False
        below = self.with_subdomains and target.host.endswith(f".{self.domain}")
        return target.host == self.domain or below


@dataclass(slots=True)
class ChainCookies:
    """Kept by domain and name."""

    _kept: dict[tuple[str, str], _Cookie] = field(default_factory=dict)
    _sent: dict[str, str] = field(default_factory=dict)  # by URL: what its last request carried

    def keep(self, set_cookies: list[str], setter: Target) -> None:
        for line in set_cookies[:MOST_COOKIES]:
            pair, *attributes = (part.strip() for part in line.split(";"))
            if not _PAIR.fullmatch(pair) or len(pair) > LONGEST_COOKIES:
                continue
            values = dict(_attribute(text) for text in attributes)
            domain = values.get("domain", "").lower().lstrip(".")
            if domain and not _may_set(setter, domain):
                continue
            cookie = _Cookie(domain or setter.host, bool(domain), "secure" in values, pair)
            if len(self._kept) < MOST_COOKIES:
                self._kept[cookie.domain, pair.partition("=")[0]] = cookie

    def header(self, target: Target, *, back: bool) -> str | None:
        """The Cookie header for this request; None unless it goes `back` to where the chain was."""
        pairs = [cookie.pair for cookie in self._kept.values() if cookie.is_for(target)]
        value = "; ".join(pairs)
        self._sent[target.url] = header = value if back and len(value) <= LONGEST_COOKIES else ""
        return header or None

    def has_news_for(self, target: Target) -> bool:
        """Whether the request would carry other cookies than when it was made last."""
        pairs = "; ".join(cookie.pair for cookie in self._kept.values() if cookie.is_for(target))
        return (
            bool(pairs)
            and len(pairs) <= LONGEST_COOKIES
            and pairs != self._sent.get(target.url, "")
        )


def _attribute(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip().lower(), value.strip()


def _may_set(setter: Target, domain: str) -> bool:
    """Only for its own site: never for a public suffix, nor for another's domain."""
    within = setter.host == domain or setter.host.endswith(f".{domain}")
    return within and host_group(f"https://{domain}/") == setter.group
