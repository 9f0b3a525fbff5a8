"""Addresses from feeds: only plain http(s) becomes a link."""

from urllib.parse import quote, urlsplit


def safe(url: str | None) -> str | None:
    """The address if a browser may be sent there, else None."""
    if not url or any(ord(letter) < 33 or letter in "\\<>\"'`" for letter in url):
        return None
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (raises for a port that is no number)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def archive(url: str | None) -> str | None:
    """The web archive's list of copies of a page."""
    address = safe(url)
    return f"https://web.archive.org/web/*/{quote(address, safe=':/?&=%')}" if address else None


def inside(path: str | None, default: str) -> str:
    """`path` if it leads to a page of this server, else `default`."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")):
        return default
    return default if any(ord(letter) < 33 for letter in path) else path
