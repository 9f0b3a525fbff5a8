"""Pages that could not be read, as people and programs want them listed."""

from datetime import datetime
from pathlib import Path

from commands.shared.shared_options import DB, path_from_here
from storage.queries.articles.unreadable import UnreadableArticle

_KEPT = {
    "partial": " (the feed's text, or a beginning, was read)",
    "read": " (read, but perhaps the wrong part of the page)",
}


def unread_lines(pages: tuple[UnreadableArticle, ...]) -> list[str]:
    """Three lines for each page, and how many there are of each kind."""
    failed = sum(page.state == "failed" for page in pages)
    headlines = sum(page.is_headline for page in pages)
    doubtful = sum(page.state == "read" for page in pages)
    total = f"{failed} failed; {headlines} more with their headline only, {len(pages) - failed - headlines - doubtful} with the feed's text or a beginning only; {doubtful} read in doubt"
    return [line for page in pages for line in unread_page_lines(page)] + [total]


def unread_page_lines(page: UnreadableArticle) -> list[str]:
    stored_words = " (its headline is kept)" if page.is_headline else _KEPT.get(page.state, "")
    return [
        f"{page.article_id}  {page.outlet}: {page.title or page.url}{stored_words}",
        f"    {page.outcome}: {page.why} {when_again(page.next_attempt_at)}",
        f"    {page.url}",
    ]


def when_again(moment: datetime | None) -> str:
    return f"Again at {moment:%Y-%m-%d %H:%M} UTC." if moment else "Not tried again."


def brief_reason(page: UnreadableArticle) -> str:
    return f"  {page.outlet}: {page.title or page.url}: {page.why}"


def how_to_list_all(db: Path) -> str:
    where = path_from_here(db)
    return "./pollwatch status --unread" + ("" if where == DB else f" --db {where}")
