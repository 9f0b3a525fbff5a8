"""Fetches one article's page: robots.txt first, one GET, and never a condition taken from a feed."""

from extractors.exchange import Permission
from extractors.http import Client
from extractors.robots import Robots
from model import Response, Unread

__all__ = ["Robots", "fetch_page"]


async def fetch_page(client: Client, unread: Unread, robots: Robots) -> Response:
    """The page, or the name of what stood in the way; never raises for what the world does."""

    async def permit(url: str) -> Permission:
        return await robots.permission(client, url)

    return await client.get(unread.url, kind="page", permit=permit)
