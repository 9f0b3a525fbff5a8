"""What came of a poll or of reading a page, as a fixed set of names."""

from enum import StrEnum


class Outcome(StrEnum):
    """What came of one poll or of reading one page. The set is fixed; docs/outcomes.md lists it."""

    OK = "ok"
    NOT_MODIFIED = "not-modified"
    DNS = "dns"
    CONNECT = "connect"
    PROXY = "proxy"  # set here, and out of reach or closed to us: no fault of the site
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"  # broken HTTP: bad status line, cut body, header flood, bad compression
    TOO_LARGE = "too-large"
    HTTP_ERROR = "http-error"  # any 4xx or 5xx without a name of its own; http_status tells
    NOT_FOUND = "http-404"
    GONE = "gone"
    FORBIDDEN = "http-403"
    LEGAL = "http-451"
    UNAUTHORIZED = "http-401"
    SERVER_ERROR = "http-5xx"
    RATE_LIMITED = "rate-limited"
    ROBOTS = "blocked-by-robots"
    BOT_WALL = "bot-wall"
    PAYWALL = "paywall"
    CONSENT_WALL = "consent-wall"
    COOKIE_WALL = "cookie-wall"
    PRIVATE_ADDRESS = "private-address"
    BAD_URL = "bad-url"  # a scheme, port or form that we never request
    NO_LINK = "no-link"  # the entry has no URL at all
    REDIRECT_LOOP = "redirect-loop"  # a loop, or more redirects than allowed
    BAD_REDIRECT = "bad-redirect"  # no Location, or one that we never follow
    NOT_A_FEED = "not-a-feed"
    MALFORMED = "malformed"  # broken, but entries were found and used
    EMPTY = "empty"
    UNSUPPORTED_TYPE = "unsupported-type"
    EXTRACTION_EMPTY = "extraction-empty"  # fewer than 200 characters of text
    EXTRACTION_DOUBTFUL = "extraction-doubtful"  # read, but perhaps the wrong part of the page
    EXTRACTION_TIMEOUT = "extraction-timeout"  # parser hung, or used too much memory
    CANCELLED = "cancelled"
    PENDING = "pending"  # stored, not yet tried
