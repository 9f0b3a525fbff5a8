"""Fetches one article's page: robots.txt first, one GET, and never a condition taken from a feed."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import urljoin

from extractors.fetch.client import Client
from extractors.fetch.request import Permission
from extractors.fetch.robots import Robots
from model import Outcome, Response, Unread

__all__ = ["Robots", "fetch_page"]

REFRESHES = 2  # hops by <meta http-equiv="refresh"> that are followed, each like a new GET
SHELL = 20_000  # bytes: pages that do nothing but send on are small
SOON = 5  # seconds: later refreshes reload a page for its readers
_META = re.compile(rb"<meta\b[^>]{0,500}>", re.IGNORECASE)
_IS_REFRESH = re.compile(rb"http-equiv\s*=\s*[\"']?\s*refresh", re.IGNORECASE)
_CONTENT = re.compile(
    rb"content\s*=\s*([\"'])\s*(\d{1,4})[\d.]*\s*[;,]\s*url\s*=\s*[\"']?(.{1,2000}?)[\"']?\s*\1",
    re.IGNORECASE | re.DOTALL,
)


async def fetch_page(client: Client, unread: Unread, robots: Robots) -> Response:
    """The page, or the name of what stood in the way; never raises for what the world does.

    Without a page asked: `status` is None. A page that is held back (`planning.is_held_back`) was
    not attempted.
    """

    async def permit(url: str) -> Permission:
        return await robots.permission(client, url)

    response = await client.get(unread.url, kind="page", permit=permit)
    seen = {unread.url, response.final_url}
    for _ in range(REFRESHES):
        target = refresh_target(response)
        if target is None:
            return response
        if target in seen:
            return replace(
                response,
                outcome=Outcome.REDIRECT_LOOP,
                sentence=f"{response.url} sends its readers on to itself.",
            )
        seen.add(target)
        response = await client.get(target, kind="page", permit=permit)
    return response


def refresh_target(response: Response) -> str | None:
    """Where a page without content of its own sends its readers at once."""
    if response.outcome is not Outcome.OK or len(response.body) > SHELL:
        return None
    for tag in _META.findall(response.body):
        found = _CONTENT.search(tag) if _IS_REFRESH.search(tag) else None
        if found is not None and int(found[2]) <= SOON:
            return urljoin(
                response.final_url, unescape(found[3].decode("utf-8", "replace")).strip()
            )
    return None
