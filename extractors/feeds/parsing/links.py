"""Links as browsers read them, and the address that stands inside a redirect service's. Pure.

Feeds hold links with blanks, newlines, backslashes and without a scheme; aggregators wrap them.
Nothing is asked of the network: a wrapper that does not carry its target stays as it is.
"""

import base64
import binascii
import re
from html import unescape
from urllib.parse import SplitResult, parse_qs, unquote, urljoin, urlsplit, urlunsplit

from extractors.feeds.parsing.text import clip
from extractors.fetch.urls import LONGEST_RAW, host_group, same_site

_DROPPED = re.compile(r"[\t\n\r]")  # browsers drop these wherever they stand (WHATWG URL)
_SCHEME_SLASHES = re.compile(r"(https?):[\\/]+", re.IGNORECASE)
# Schemes with a sign too many or too few, and as they are written so that nobody clicks them.
_MISSPELT = re.compile(
    r"(?:(?!https?:)(?:h{0,2}t{1,3}ps{0,2}|hxxps?)\s{0,2}[:;]?|https?\s{1,2}:|https?;|:)[\\/]{2,3}(?=[\w\[])",
    re.IGNORECASE,
)
_NO_SLASHES = re.compile(r"(https?):(?![\\/])", re.IGNORECASE)
_BLANK = re.compile(r"[ \xa0\u3000]")
_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?::\d{1,5})?(?=[/?#]|$)", re.I
)
_COMMON = (".com", ".org", ".net", ".gov", ".edu")  # no directory of a site is named like these
_PATH = re.compile(r"(?:/(?!/)|\.{1,2}/|\?)\S+|[\w~%-][\w.~%-]*(?:/[\w.~%-]+)+(?:[?#]\S*)?")
# As in prose or markup.
_WRITTEN_OUT = re.compile(r"""[\"'<(].{0,300}?(https?://[^\s"'<>]+)""", re.I)
_BEFORE_SCHEME = re.compile(r"(?:(?:feed|view-source|url):/{0,2}|https?:/{2})(?=https?:)", re.I)
_GOOGLE_NEWS = re.compile(r"/(?:(?:__i/)?rss/)?articles/(CBM[\w-]{8,2000})")
# Other sites' redirects say what they are in their path, and carry an address of another site.
_REDIRECTS = re.compile(
    r"/(?:.{0,200}/)?(?:r|redir|redirect|out|outgoing|away|goto|go|click|clk|track|exit|leave|jump|l|link|url)"
    r"(?:\.(?:php|aspx?|html?|cgi|do))?/?",
    re.I,
)
_TARGET_NAMES = ("url", "u", "q", "to", "target", "dest", "destination", "redirect", "link", "href")
_CISCO = re.compile(r"/[\w-]{10,}/(https?%3a.+)", re.I)
_DEFENDED = re.compile(r"/v3/__(https?.+?)(?:__;[^?]*(\?.*)?)?$")
_IN_PATH = re.compile(r"/RU=(https?.+?)(?:/R[KS]=|$)")
MOST_WRAPPERS = 3  # one inside the other

# host pattern, path pattern, parameters that carry the target: as each service documents or shows it.
_WRAPPING_SERVICES = (
    (r"(?:www\.|news\.|mail\.|plus\.)?google\.(?:com?\.)?[a-z]{2,3}", r"/(?:url|news/url|imgres)", ("url", "q", "imgrefurl")),
    (r"translate\.google\.(?:com?\.)?[a-z]{2,3}", r"/(?:translate|website)", ("u",)),
    (r"googleweblight\.com", r"/.*", ("lite_url", "u")),
    (r"(?:www\.|cn\.)?bing\.com", r"/(?:news/apiclick\.aspx|ck/a)", ("url", "u")),
    (r"lm?\.(?:facebook|messenger|instagram)\.com", r"/(?:l\.php)?", ("u",)),
    (r"(?:www\.)?facebook\.com", r"/(?:l|sharer/sharer|sharer)\.php", ("u",)),
    (r"(?:[a-z0-9]+\.)?safelinks\.protection\.outlook\.com", r"/.*", ("url",)),
    (r"urldefense\.proofpoint\.com", r"/v[12]/url", ("u",)),
    (r"(?:www\.)?linkedin\.com", r"/(?:redir/redirect|safety/go)", ("url",)),
    (r"(?:www\.|m\.)?youtube\.com", r"/redirect", ("q",)),
    (r"(?:html\.|lite\.)?duckduckgo\.com", r"/l/?", ("uddg",)),
    (r"(?:t\.umblr|href)\.(?:com|li)", r"/(?:redirect)?", ("z",)),
    (r"out\.reddit\.com", r"/.*", ("url",)),
    (r"away\.vk\.com|vk\.com", r"/away\.php", ("to",)),
    (r"slack-redir\.net", r"/link", ("url",)),
    (r"go\.(?:skimresources|redirectingat)\.com|(?:www\.)?awin1\.com", r"/.*", ("url", "ued", "p")),
    (r"getpocket\.com", r"/redirect", ("url",)),
    (r"steamcommunity\.com", r"/linkfilter/?", ("u", "url")),
    (r"linkprotect\.cudasvc\.com|clicktime\.symantec\.com", r"/.*", ("a", "u")),
    (r"disq\.us|redirect\.viglink\.com|exit\.sc", r"/(?:url)?", ("url", "u")),
)  # fmt: skip
_SERVICES = tuple(
    (re.compile(host), re.compile(path), names) for host, path, names in _WRAPPING_SERVICES
)
_ANCHOR = re.compile(r"\s*<a\s[^<>]{0,300}?\bhref\s*=\s*[\"']?([^\"'<>\s]{1,2000})", re.IGNORECASE)
_AMP_VIEWER = re.compile(r"/amp/(s/)?([\w.-]+\.[a-z]{2,24}/.+)")
_AMP_CACHE = re.compile(r"/[acv]/(s/)?([\w.-]+\.[a-z]{2,24}(?:/.*)?)")


def read_link(address: str | None, base: str) -> str | None:
    """The address that a browser would open for this link, wrappers taken off.

    Without credentials, since no row or log may hold them; the fragment stays. Where it makes no
    sense as an address it is returned as it stands, so that a reader can see what the feed said.
    """
    text = _DROPPED.sub("", (address or "").strip(" \t\n\r\f\v\xa0\ufeff"))
    if not text:
        return None
    text = link_within(text) or text
    try:
        url = _BLANK.sub("%20", unwrapped(_joined(text, base)))
        return clip(without_credentials(url), LONGEST_RAW)
    except ValueError:
        return clip(text, LONGEST_RAW)


def link_within(markup: str) -> str | None:
    """The address of the anchor that stands where an address or a headline should, as Drupal writes."""
    anchor = _ANCHOR.match(markup)
    return unescape(anchor[1]).strip() if anchor else None


def path_of_guid(guid: str) -> str | None:
    """A guid that can be read as a link relative to its feed: `/a/77` yes, `post-77` no."""
    text = guid.strip()
    if is_host(text, "") or (_PATH.fullmatch(text) and not text.startswith("//")):
        return text
    return None


def unwrapped(url: str) -> str:
    """The target of a redirect service whose address carries it; any other address as it is."""
    for _ in range(MOST_WRAPPERS):
        target = _target(urlsplit(url))
        if target is None:
            return url
        url = target
    return url


def is_host(text: str, base: str) -> bool:
    """Whether a link without a scheme begins with a host: `www.`, the feed's own, or `….com/`."""
    match = _HOST.match(text)
    if match is None:
        return False
    host = match[0].lower().partition(":")[0]
    if host.startswith("www.") or host.endswith(_COMMON):
        return True
    return bool(base) and host_group(f"https://{host}/") == host_group(base)


def _joined(text: str, base: str) -> str:
    if match := _WRITTEN_OUT.match(text):
        text = match[1]
    text = _BEFORE_SCHEME.sub("", text)
    if text[:7].lower() == "feed://":
        text = f"https://{text[7:]}"
    text = _with_its_scheme(text, base)
    scheme = _SCHEME_SLASHES.match(text)
    if scheme and scheme.end() == len(text):
        return text  # a scheme without a host: joining would make the feed's own address of it
    if scheme:
        text = f"{scheme[1].lower()}://{text[scheme.end() :]}"
    elif text.startswith(("\\\\", "/\\", "\\/")):
        text = "//" + text[2:]
    elif is_host(text, base):
        text = f"{urlsplit(base).scheme or 'https'}://{text}"
    if scheme or not re.match(r"[a-z][a-z0-9+.-]*:", text, re.IGNORECASE):
        before, mark, after = _before_query(text)
        text = before.replace("\\", "/") + mark + after
    text = _BLANK.sub("%20", text)
    return urljoin(base, text) if base else text


def _with_its_scheme(text: str, base: str) -> str:
    """`http//a.example`, `htp://…`, `hxxp://…`, `://…` and `https:a.example` as they are meant."""
    if misspelt := _MISSPELT.match(text):
        secure = "s" in misspelt[0].lower() or (misspelt[0][0] == ":" and base[:6] == "https:")
        return f"http{'s' if secure else ''}://{text[misspelt.end() :]}"
    bare = _NO_SLASHES.match(text)
    return (
        f"{bare[1]}://{text[bare.end() :]}" if bare and is_host(text[bare.end() :], base) else text
    )


def _before_query(text: str) -> tuple[str, str, str]:
    at = min((place for sign in "?#" if (place := text.find(sign)) >= 0), default=len(text))
    return text[:at], text[at : at + 1], text[at + 1 :]


def without_credentials(url: str) -> str:
    """The address without `user:password@`; any other text as it is."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    if parts.scheme not in {"http", "https"} or "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _target(parts: SplitResult) -> str | None:
    host, path = (parts.hostname or "").lower(), parts.path or "/"
    query = f"?{parts.query}" if parts.query else ""
    if host == "urldefense.com" and (match := _DEFENDED.match(path + query)):
        return _address(match[1] + (match[2] or ""))
    if host == "news.google.com" and (match := _GOOGLE_NEWS.match(path)):
        return _of_google_news(match[1])
    if host.endswith("search.yahoo.com") and (match := _IN_PATH.search(unquote(path))):
        return _address(match[1])
    if host == "secure-web.cisco.com" and (match := _CISCO.match(path)):
        return _address(match[1])
    if host.endswith(".translate.goog"):
        return _of_translation(parts)
    if host == "href.li":
        return _address(parts.query)
    if amp := _of_amp(host, path):
        return f"http{'s' if amp[0] else ''}://{amp[1]}{query}"
    for hosts, paths, names in _SERVICES:
        if hosts.fullmatch(host) and paths.fullmatch(path):
            parameters = parse_qs(parts.query, max_num_fields=200)
            targets = (
                _address(value, host) for name in names for value in parameters.get(name, ())
            )
            return next((target for target in targets if target), None)
    return _of_redirect(parts) if parts.query and _REDIRECTS.fullmatch(path) else None


def _of_redirect(parts: SplitResult) -> str | None:
    """The page of another site to which this address of a redirect, by its looks, leads."""
    query = parse_qs(parts.query, max_num_fields=200)
    targets = (_address(value) for name in _TARGET_NAMES for value in query.get(name, ()))
    wrapper = urlunsplit(parts)
    return next((url for url in targets if url and not same_site(url, wrapper)), None)


def _of_translation(parts: SplitResult) -> str:
    """The page that Google translates: its host is written with hyphens for dots."""
    labels = (parts.hostname or "").removesuffix(".translate.goog").split("--")
    query = "&".join(
        parameter for parameter in parts.query.split("&") if not parameter.startswith("_x_tr_")
    )
    host = "-".join(label.replace("-", ".") for label in labels)
    return urlunsplit(("https", host, parts.path, query, ""))


def _of_google_news(code: str) -> str | None:
    """The address in a link of Google News; in those of 2024 and later there is none."""
    content = _decoded(code)
    match = re.search(rb"https?://[\x21-\x7e]+", content)
    return _address(match[0].decode("ascii")) if match else None


def _decoded(code: str) -> bytes:
    """Base64 as it stands in addresses; b"" where it is none."""
    try:
        return base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
    except binascii.Error:
        return b""


def _of_amp(host: str, path: str) -> tuple[str | None, str] | None:
    """Google's viewer and cache of AMP pages: the publisher's own page stands in the path."""
    viewer = re.fullmatch(r"(?:www\.)?google\.(?:com?\.)?[a-z]{2,3}", host)
    match = _AMP_VIEWER.fullmatch(path) if viewer else None
    if host.endswith(".cdn.ampproject.org"):
        match = _AMP_CACHE.fullmatch(path)
    return (match[1], match[2]) if match else None


def _address(value: str, host: str = "") -> str | None:
    """The target as an http address; Bing and Proofpoint write it in codes of their own."""
    value = value.strip()
    if host.endswith("bing.com") and value.startswith("a1"):
        value = _decoded(value[2:]).decode("utf-8", "replace")
    if host == "urldefense.proofpoint.com":
        value = unquote(value.replace("-", "%").replace("_", "/"))
    if re.match(r"https?%3a", value, re.IGNORECASE):
        value = unquote(value)
    parts = urlsplit(value)
    return value if parts.scheme in {"http", "https"} and "." in (parts.hostname or "") else None
