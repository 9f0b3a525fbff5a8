"""Every address of ours, in one list; the tests walk it."""

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review import (
    page_acts,
    page_bundle,
    page_card,
    page_feeds,
    page_queue,
    page_sign_in,
    page_whole,
    web,
)


async def home(ds: Datasette, request: Request) -> Response:
    return Response.redirect("/-/queue", status=303)


ROUTES: tuple[tuple[str, web.View], ...] = (
    (r"^/$", home),
    (r"^/-/sign-in$", page_sign_in.show),
    (r"^/-/sign-in/link$", page_sign_in.link),
    (r"^/-/sign-out$", page_sign_in.sign_out),
    (r"^/-/queue$", page_queue.show),
    (r"^/-/queue\.(?P<form>csv|json)$", page_queue.export),
    (r"^/-/card/(?P<card>\d{1,18})$", page_card.show),
    (r"^/-/compare/(?P<article>\d{1,18})$", page_card.differences),
    (r"^/-/overview(\.(?P<form>csv|json))?$", page_whole.overview),
    (r"^/-/sources(\.(?P<form>csv|json))?$", page_whole.sources),
    (r"^/-/rules(\.(?P<form>csv|json))?$", page_whole.rules),
    (r"^/-/runs(\.(?P<form>csv|json))?$", page_whole.runs),
    (r"^/-/card/(?P<card>\d{1,18})\.json$", page_bundle.card_json),
    (r"^/-/hit/(?P<hit>\d{1,18})/bundle\.zip$", page_bundle.download),
    (r"^/-/feeds$", page_feeds.show),
    (r"^/-/feed\.atom$", page_feeds.atom),
    (r"^/-/act$", page_acts.act),
    (r"^/-/undo$", page_acts.undo),
)


def all_routes() -> list[tuple[str, web.View]]:
    return [(pattern, _called_by_name(view)) for pattern, view in ROUTES]


def _called_by_name(view: web.View) -> web.View:
    """Datasette hands arguments over by these names."""

    async def call(datasette: Datasette, request: Request) -> Response:
        return await view(datasette, request)

    return call
