"""Fetches one article's page: robots.txt first, one GET, and never a condition taken from a feed."""

from collections.abc import Callable
from dataclasses import replace

from extractors.articles.redirected import at_the_article
from extractors.feeds.parsing.links import without_credentials
from extractors.feeds.schedule import is_held_back
from extractors.fetch.answer.redirects import refresh_target
from extractors.fetch.client import Client
from extractors.fetch.request import Permission
from extractors.fetch.robots import Robots
from extractors.fetch.urls import mask
from model import Outcome, Response, Unread, UrlAttempt

__all__ = ["Robots", "fetch_page"]

MOST_ADDRESSES = 3  # of one article that are asked for in one attempt
_OF_THE_ADDRESS = frozenset(
    {
        *(Outcome.BAD_URL, Outcome.NOT_FOUND, Outcome.GONE, Outcome.HTTP_ERROR, Outcome.FORBIDDEN),
        *(Outcome.ROBOTS, Outcome.PRIVATE_ADDRESS, Outcome.BAD_REDIRECT, Outcome.REDIRECT_LOOP),
    }
)
_ENOUGH = (
    "Left for a later run: enough pages of the outlet were read to which others' links redirect."
)
REFRESHES = 2  # hops by <meta http-equiv="refresh"> that are followed, each like a new GET


def any_hop(_: str) -> bool:
    return True


async def fetch_page(
    client: Client, unread: Unread, robots: Robots, admits: Callable[[str], bool] = any_hop
) -> tuple[Response, tuple[UrlAttempt, ...]]:
    """The page, or the name of what stood in the way, and what came of each address that was tried;
    never raises for what the world does.

    Without a page asked: `status` is None. A page that is held back (`schedule.is_held_back`) was
    not attempted. The next address is tried only where the last one is what failed: not where
    its host is out of reach or wants to be left alone. `admits` says whether a hop may lead to an
    address in this run; one that may not is held back.
    """
    first, *others = addresses_of(unread)[:MOST_ADDRESSES]
    response = at_the_article(first, await _fetch(client, first, robots, admits), unread.title)
    tried = [*_attempt(first, response)]
    for url in others:
        if response.outcome not in _OF_THE_ADDRESS:
            break
        other = at_the_article(url, await _fetch(client, url, robots, admits), unread.title)
        tried += _attempt(url, other)
        if other.outcome is Outcome.OK:
            return other, tuple(tried)
    return response, tuple(tried)


async def fetch_part(
    client: Client, url: str, robots: Robots, admits: Callable[[str], bool] = any_hop
) -> Response:
    """A further page of a story, as `fetch_page` fetches the first."""
    return at_the_article(url, await _fetch(client, url, robots, admits))


def _attempt(url: str, response: Response) -> tuple[UrlAttempt, ...]:
    if is_held_back(response.outcome, response.status):
        return ()
    why = None if response.outcome is Outcome.OK else response.sentence
    return (UrlAttempt(mask(url), response.outcome, why, response.status),)


def addresses_of(unread: Unread) -> list[str]:
    """Those that may be tried, without credentials and fragment: the outlet's own feed's first, then
    other feeds', then the canonical form; an address that failed before comes after those that
    did not."""
    addresses = unread.addresses or (unread.url,)
    plain = dict.fromkeys(without_credentials(url).partition("#")[0] for url in addresses)
    failed = {attempt.url: attempt.attempts for attempt in unread.tried}
    return sorted(plain, key=lambda url: failed.get(mask(url), 0))


async def _fetch(
    client: Client, url: str, robots: Robots, admits: Callable[[str], bool]
) -> Response:
    async def permit(target: str) -> Permission:
        if not admits(target):
            return Permission(outcome=Outcome.RATE_LIMITED, sentence=_ENOUGH)
        return await robots.permission(client, target)

    response = await client.get(url, kind="page", permit=permit)
    visited = {url, response.final_url}
    for _ in range(REFRESHES):
        target = refresh_target(response)
        if target is None:
            return response
        if target in visited:
            return replace(
                response,
                outcome=Outcome.REDIRECT_LOOP,
                sentence=f"{response.url} sends its readers on to itself.",
            )
        visited.add(target)
        response = await client.get(target, kind="page", permit=permit)
    return response
