"""The further pages of a story, asked for one after the other and put behind the first."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from extractors.articles.from_feed import from_address
from extractors.articles.several_pages import (
    MOST_PAGES,
    Shortfall,
    is_of_story,
    is_read,
    is_short_end,
    left_for_later,
    new_text,
    of_another_headline,
    on_one_page,
    shortfall_of,
    too_many,
    with_pages,
)
from extractors.fetch.urls import canonical_url, same_site
from flows.pipeline.readers import PageReader
from model import Article, Outcome, ReadPage, Response

Ask = Callable[[str], Awaitable[Response]]


class FurtherPages:
    """One story of several pages, as far as it can be read now.

    `ask` fetches an address as the first page was: robots.txt, pacing and redirects judged.
    `may_ask` says whether the run still takes on a page. Nothing is stored before all is read, so
    a run that is killed meanwhile begins the story anew.
    """

    def __init__(self, reader: PageReader, ask: Ask, may_ask: Callable[[], bool]) -> None:
        self.reader, self.ask, self.may_ask = reader, ask, may_ask
        self.refusal: Response | None = None  # of the page that is missing

    async def read(self, page: ReadPage, response: Response) -> tuple[ReadPage, Response]:
        """The page with the rest of its story, and the response as it stands for all of them: where
        a further page refuses, with its status and when it said to ask again."""
        first = page.article
        article = await self.whole(first) or await self.page_by_page(first)
        joined = await self.reader.joined(article)
        if joined is None:  # no worker survived it: what was found on the first page stands
            return page, response
        if (refusal := self.refusal) is not None:
            status = refusal.status or response.status
            response = replace(response, status=status, retry_after=refusal.retry_after)
        return replace(page, article=joined.article, hits=joined.hits), response

    async def whole(self, first: Article) -> Article | None:
        """The story as its view on one page has it, if it has one that can be read."""
        if first.one_page is None or not self.may_ask():
            return None
        article = on_one_page(first, await self.further(first, first.one_page, MOST_PAGES))
        self.refusal = None  # there are still the pages
        return article

    async def page_by_page(self, first: Article) -> Article:
        texts, addresses, following = list[str](), {canonical_url(first.url)}, first.next_page
        shortfall: Shortfall | None = None
        while following is not None and shortfall is None:
            number = len(texts) + 2
            if number > MOST_PAGES or not self.may_ask():
                shortfall = too_many(following) if number > MOST_PAGES else left_for_later(number)
                break
            part = await self.further(first, following, number)
            if canonical_url(part.url) in addresses:  # it leads back
                break
            if (is_read(part) or is_short_end(part)) and not is_of_story(first, part):
                shortfall = of_another_headline(following)
                break
            addresses.add(canonical_url(part.url))
            text = new_text([first.body, *texts], part)
            shortfall = shortfall_of(part, text, number)
            following = part.next_page if text else None  # the same under another address
            texts += [text] if text else []
        return with_pages(first, texts, shortfall)

    async def further(self, first: Article, address: str, number: int) -> Article:
        """One further page; what stood in the way is its outcome."""
        response = await self.ask(address)
        if response.outcome is not Outcome.OK:
            self.refusal = response
            return from_address(address, response.outcome, response.sentence)
        if not same_site(response.final_url, first.url):
            return from_address(address, Outcome.BAD_REDIRECT, "It leads to another site.")
        return await self.reader.further_page(first, response, number)
