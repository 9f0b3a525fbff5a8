"""One address per article, and whose server it is. Pure; never asks the network.

w3lib writes the normal form, not courlan. Tried on 15,037 real links from pages and feeds:
w3lib gave a fixed point for every one, courlan's `clean_url` did not for 116; courlan also
replaces a link that carries another link in its query by that inner link, drops `?eid=`, `?cid=`
and `?reference=` (some newsrooms number their stories with them, so two stories would become one),
lets `javascript:` through and leaves dot segments and the case of percent-escapes alone.
w3lib has no list of trackers, so the list below is ours: a name is on it only if it never
tells one article from another.

The canonical form is an identity and stays a working address: http and https, with and without
`www.`, with and without a final slash stay apart, because some servers answer only one of them;
the page's own rel=canonical joins such twins. The order of parameters is not kept.
"""

import re
from functools import cache, lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

if TYPE_CHECKING:
    from tldextract import TLDExtract

LONGEST_URL = 2048  # as Media Cloud; longer links are traps or tracking
LONGEST_RAW = 16_384
PORTS = {"http": 80, "https": 443}

_TRACKER = re.compile(
    r"(?:utm|mc|ga|gs|gaa|itm|mkt|mtm|pk|piwik|matomo|oly|vero|hsa|intc|ns|at|wt|adj|stm|cx|sc)_(?!id$).+"
    r"|fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|twclid|ttclid|yc?lid|ysclid|li_fat_id|rdt_cid"
    r"|s_kwcid|irclickid|igshi?d?|epik|vero_id|mibextid|srsltid|_openstat|_branch_match_id|_gl|_ga"
    r"|_?hs(?:enc|mi|ctatracking)|__(?:s|tn__|twitter_impression|hst[ct]|hsfp|hssc)"
    r"|fb_(?:action|source|ref|comment_id).*|cmp(?:id)?|icid|ncid|n_cid|ito|ico|smid|smtyp|emci|emdi"
    r"|ceid|emc|mbid|cndid|esrc|xtor|taid|tpcc|ftag|intcmp|int_?cid|trk(?:campaign|info)?|ref_?src"
    r"|ref_?url|referr?er|guccounter|guce_referrer(?:_sig)?|wprov|spm|scm|sharetype|soc_src|soc_trk"
    r"|(?:php|asp|j)sess(?:ion)?id|session_?id|replytocom|nocache|traffic_source"
    r"|feed(?:type|name)|ocid|cvid",
    re.IGNORECASE,
)
# Names that number stories on some sites and name a channel on others: the value decides.
_CHANNEL_NAMES = {"source", "src", "from", "via", "share", "medium", "partner"}
_CHANNEL = re.compile(
    r"(?:\d?|true|yes|[a-z]*rss[a-z]*|[a-z]*feeds?|atom|twitter|tw|x|x\.com|t\.co|facebook|fb"
    r"|instagram|linkedin|reddit|threads|bluesky|bsky|mastodon|whatsapp|telegram|pocket|flipboard"
    r"|google\w*|applenews|apple_?news|smartnews|msn|yahoo|email|e-?mail|newsletters?|share|social"
    r"|home(?:page)?|nav(?:igation)?|hp|search|push|app|web|mobile|(?:[a-z-]+\.)+[a-z]{2,})",
    re.IGNORECASE,
)
_WORDY = {"ref": re.compile(r"[^\d]*"), "campaign": re.compile(r"(?!\d+$).*")}
_WORDY["mod"] = re.compile(r"\w*rss\w*|hp_\w*|djem\w*")  # Dow Jones; elsewhere it names a function
_WORDY |= dict.fromkeys(("rss", "feed"), re.compile(r"\d?|true|yes"))  # ?feed=rss2 is an address
# Numbers that scripts draw anew for each copy of a feed, so that no cache answers.
_WORDY |= dict.fromkeys(
    ("_", "cb", "cachebust", "cachebuster", "nocache", "rand", "random", "rnd", "timestamp", "ts"),
    re.compile(r"(?:0?\.)?\d{6,}"),
)
_WORDY |= {"sid": re.compile(r"[0-9a-fA-F]{16,}")}  # a short one numbers stories (PHP-Nuke)
_WORDY |= dict.fromkeys(_CHANNEL_NAMES, _CHANNEL)
_AMP = re.compile(r"(?:_?amp(?:=(?:1|true)?)?|output_?type=amp)", re.IGNORECASE)
_ACCOUNT = re.compile(r"//[^/?#]*(?:/feeds?)?/(@[\w.-]+?)(?:\.(?:rss|atom|xml|json))?(?:[/?#]|$)")
_SEARCH_NAMES = (
    "q s query search search_query searchword searchtext keyword keywords term terms find text kw wd"
    " buscar busca suche recherche"
)
_SEARCHES = frozenset(_SEARCH_NAMES.split())
_SEARCH_PATH = re.compile(r"/(?:search|suche|buscar|busca|recherche|find)/([^/]+)", re.IGNORECASE)
_SESSION_IN_PATH = re.compile(r";(?:j|php)?sess(?:ion)?_?id=[^/;]*", re.IGNORECASE)
_HOST_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62}\.)*[a-z0-9_-]{1,63}")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# `%3A` and `:` name two pages (RFC 3986, 2.2), and some servers know one of them only; w3lib makes
# one of both, so such an escape goes through it as `%253A` and comes back after.
_RESERVED = re.compile(r"%(2[1346-9a-cf5]|3[abdf]|40|5[bd])", re.IGNORECASE)
_PROTECTED = re.compile(r"%25(2[1346-9a-cf5]|3[abdf]|40|5[bd])", re.IGNORECASE)
_ENTITY_AMP = re.compile(r"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)

# Platforms where each subdomain is another publisher, though the public suffix list says nothing.
_PLATFORMS = """
    000webhostapp.com bandcamp.com bearblog.dev beehiiv.com blog.hu blog.ir blog.jp blog4ever.com
    blogfa.com blogg.no blogg.se blogs.com blogsky.com blogspot.com blox.pl boards.net
    buttondown.email canalblog.com captivate.fm centerblog.net diary.ru dreamwidth.org
    e-monsite.com edublogs.org eklablog.com exblog.jp fandom.com fc2.com forumotion.com
    freeforums.net ghost.io godaddysites.com hashnode.dev hautetfort.com home.blog
    hubspotpagebuilder.com itch.io jimdofree.com jimdosite.com kinja.com kinsta.cloud libsyn.com
    livedoor.blog livedoor.jp livejournal.com lofter.com mailchimpsites.com medium.com micro.blog
    mihanblog.com mystrikingly.com neocities.org news.blog newsroom.page over-blog.com
    overblog.com pbworks.com pixnet.net podbean.com politics.blog posterous.com posthaven.com
    pressbooks.com proboards.com prowly.com seesaa.net skyrock.com squarespace.com substack.com
    super.site surge.sh svbtle.com tilda.ws tistory.com tripod.com tumblr.com typepad.com ucoz.net
    ucoz.ru unblog.fr webnode.com webnode.page webs.com weebly.com weeblysite.com wikidot.com
    wordpress.com wpcomstaging.com wpengine.com write.as zendesk.com
"""
SHARED_HOSTS = frozenset(_PLATFORMS.split())
_PRIVATE_ZONES = {"localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa"}


@cache
def _suffixes() -> "TLDExtract":
    """No list is downloaded and no cache is written: the snapshot inside the package decides.

    Imported on use, as it brings an HTTP client of its own: most commands never ask.
    """
    from tldextract import TLDExtract

    return TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)


@lru_cache(maxsize=65_536)
def canonical_url(url: str, base: str | None = None) -> str | None:
    """The one form under which an article is known, or None for what is not a web address.

    Idempotent. Credentials are dropped. Refuses other schemes, control characters, backslashes
    before the query, empty or malformed hosts and ports, and more than 2,048 characters.
    """
    parts = _split(url, base)
    if parts is None:
        return None
    host = _host(parts)
    if host is None:
        return None
    try:
        port = parts.port
        netloc = host if port in (None, PORTS[parts.scheme]) else f"{host}:{port}"
        path = _SESSION_IN_PATH.sub("", parts.path) or "/"
        path = _RESERVED.sub(r"%25\1", path)
        bare = SplitResult(parts.scheme, netloc, path, _clean_query(parts.query), "")
        form = canonicalize_url(urlunsplit(bare), keep_blank_values=True)
        before, mark, query = form.partition("?")
        form = _PROTECTED.sub(lambda match: f"%{match[1].upper()}", before) + mark + query
    except (ValueError, UnicodeError):
        return None
    form = _without_blanks(form) + _route(parts.fragment)
    return form if len(form) <= LONGEST_URL else None


def _without_blanks(form: str) -> str:
    """Without the "=" of a parameter that has no value, and without parameters that are nothing."""
    path, _, query = form.partition("?")
    pairs = [pair for pair in re.sub(r"=(?=&|$)", "", query).split("&") if pair]
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def same_origin(a: str, b: str) -> bool:
    """Whether scheme, host and port are the same: what secrets are given to."""
    first, second = _split(a, None), _split(b, None)
    if first is None or second is None or first.scheme != second.scheme:
        return False
    try:
        ports = {parts.port or PORTS[parts.scheme] for parts in (first, second)}
    except ValueError:
        return False
    host = _host(first)
    return host is not None and host == _host(second) and len(ports) == 1


def same_site(a: str, b: str) -> bool:
    """Whether one publisher answers for both addresses; blogs on one platform are not one site."""
    group = host_group(a)
    if not group or group != host_group(b):
        return False
    if "/@" in a and "/@" in b and _account(a) != _account(b):
        return False
    return group not in SHARED_HOSTS or _bare_host(a) == _bare_host(b)


def _account(url: str) -> str:
    """Whose a page is where accounts are told apart by path: `/@name/…`, `/feed/@name`, `/@name.rss`."""
    match = _ACCOUNT.search(url)
    return match[1].lower() if match else ""


def is_search(url: str) -> bool:
    """Whether a site is searched here for words that the address brings: the page repeats them,
    whoever wrote them."""
    parts = _split(url, None)
    if parts is None:
        return False
    search_words = [
        value
        for name, _, value in (p.partition("=") for p in parts.query.split("&"))
        if name.lower() in _SEARCHES
    ]
    if match := _SEARCH_PATH.search(parts.path):
        search_words.append(match[1])
    return any(
        len(re.findall(r"\w+", unquote(words.replace("+", " ")))) > 1 for words in search_words
    )


def site_of(url: str) -> str:
    """Whose pages these are: the host group, but of blogs on one platform each its own."""
    group = host_group(url)
    return _bare_host(url) if group in SHARED_HOSTS else group


@lru_cache(maxsize=65_536)
def host_group(url: str) -> str:
    """Whose servers these are: the unit of pacing, "" for what is not a web address.

    The registrable domain for public names. Customers of a platform that the public suffix list
    names (github.io, netlify.app) are groups of their own; platforms with one service-wide limit,
    such as Tumblr, are not on it and stay one group (FreshRSS#8925). "host:port" for addresses
    and private names, where each port is another service (FreshRSS#7870).
    """
    parts = _split(url, None)
    host = _host(parts) if parts else None
    if parts is None or host is None:
        return ""
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError:
        return ""
    if _is_private(host):
        return f"{host}:{port}"
    registered = _suffixes().extract_str(host)
    if registered.top_domain_under_public_suffix:
        return registered.top_domain_under_public_suffix
    # Unknown zones (".example", ".test") follow the list's default rule: the last label is public.
    return host if registered.suffix else ".".join(host.split(".")[-2:])


_USERINFO = re.compile(r"(?<=//)[^\s/?#]*@")
_SECRET = re.compile(
    r"(?<=[?&;#])((?:[\w.%\[\]-]*(?:token|secret|passw(?:or)?d|pwd|signature|credential|api_?-?key"
    r"|access_?key|auth(?!or)|session|jwt)[\w.%\[\]-]*|key|sig|pass|sid|code)=)[^&#\s\"'<>]+",
    re.IGNORECASE,
)


def mask(url: str) -> str:
    """The address, or any text that quotes addresses, with passwords and tokens as `***`."""
    return _SECRET.sub(r"\1***", _USERINFO.sub("***@", url))


def _split(url: str, base: str | None) -> SplitResult | None:
    text = url.strip("\t\n\r\f\v \xa0\ufeff")
    if not text or len(text) > LONGEST_RAW or _FORBIDDEN.search(text):
        return None
    text = _ENTITY_AMP.sub("&", text)
    try:
        parts = urlsplit(urljoin(base.strip(), text) if base else text)
    except ValueError:
        return None
    if parts.scheme not in PORTS or "\\" in parts.netloc + parts.path:
        return None
    return parts


def _host(parts: SplitResult) -> str | None:
    """The host in lower-case ASCII, an IPv6 literal in brackets; None when it is malformed."""
    try:
        host = (parts.hostname or "").rstrip(".")
        _ = parts.port
        if ":" in host:
            return f"[{ip_address(host.partition('%')[0]).compressed}]" if "%" not in host else None
        host = host if host.isascii() else host.encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError):
        return None
    return host if _HOST_NAME.fullmatch(host) and ".." not in host else None


def _bare_host(url: str) -> str:
    parts = _split(url, None)
    return ((_host(parts) or "") if parts else "").removeprefix("www.")


def _is_private(host: str) -> bool:
    labels = host.split(".")
    if host.startswith("[") or len(labels) == 1 or labels[-1] in _PRIVATE_ZONES:
        return True
    return all(label.isdigit() or label.startswith("0x") for label in labels)


def _clean_query(query: str) -> str:
    return "&".join(part for part in query.split("&") if part and not _is_tracker(part))


def _is_tracker(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    name = unquote(name).strip()
    if _TRACKER.fullmatch(name) or _AMP.fullmatch(parameter):
        return True
    shape = _WORDY.get(name.lower())
    return shape is not None and shape.fullmatch(unquote(value)) is not None


def _route(fragment: str) -> str:
    """Fragments that name a page ("#!/story/1"), kept; places within a page, dropped."""
    plain_fragment = re.sub(r"[^\w!/?=&.~:,%-]", "", fragment, flags=re.ASCII)
    if not fragment.startswith(("!", "/")) or len(plain_fragment) < 2:
        return ""
    return f"#{plain_fragment}"
