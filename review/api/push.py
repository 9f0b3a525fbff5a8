"""A webhook in: one article for matching, stored at once, read by the next run."""

from datetime import UTC, datetime

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review import database
from review.api.access import ApiError, sent_object, text_in
from review.pages import responses
from storage.ingest.feeds import pushed
from storage.ingest.feeds.pushed import Pushed
from storage.tokens import ApiToken

ARTICLE_FIELDS = frozenset({"title", "body", "id", "url", "published", "language"})


async def take_articles(ds: Datasette, request: Request, token: ApiToken) -> Response:
    """202 and the entry's key. The same id again is an edit of the same article."""
    if request.method != "POST":
        raise ApiError(405, "POST an article", allow="POST")
    if token.feed_id is None:
        raise ApiError(403, "this token has no feed of its own")
    article, feed = read_pushed(await sent_object(request, token.max_bytes)), token.feed_id
    now = responses.now()
    key, new = await database.write(ds, lambda conn: pushed.record_pushed(conn, feed, article, now))
    return Response.json({"ok": True, "key": key, "new": new}, status=202)


def read_pushed(document: dict[str, object]) -> Pushed:
    unknown = sorted(set(document) - ARTICLE_FIELDS)
    if unknown:
        raise ApiError(
            400, f"unknown field {unknown[0]}; the fields are {', '.join(sorted(ARTICLE_FIELDS))}"
        )
    return Pushed(
        title=text_in(document, "title", 1_000, needed=True),
        body=text_in(document, "body", 1_000_000, needed=True),
        id=text_in(document, "id", 500) or None,
        url=text_in(document, "url", 2_000) or None,
        published=published_time(text_in(document, "published", 40)),
        language=text_in(document, "language", 20) or None,
    )


def published_time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ApiError(400, "published: must be a time such as 2026-11-03T12:00:00Z") from None
    if at.tzinfo is None:
        raise ApiError(400, "published: needs a time zone, such as Z")
    return at.astimezone(UTC)
