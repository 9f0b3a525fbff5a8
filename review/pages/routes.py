"""Every address of ours, in one list; the tests walk it."""

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review.api.routes import API_ROUTES
from review.pages import (
    alerts,
    article,
    atom,
    audit,
    bundle,
    health_check,
    overview,
    responses,
    rules,
    second,
    sign_in,
    situation,
)
from review.pages.queue import (
    acts,
    differences,
    export,
    live,
    mutes,
    page,
    saved_views,
    search,
    story,
)


async def home(ds: Datasette, request: Request) -> Response:
    return Response.redirect("/-/queue", status=303)


PAGE_ROUTES: tuple[tuple[str, responses.PageView], ...] = (
    (r"^/$", home),
    (r"^/-/sign-in$", sign_in.show),
    (r"^/-/sign-in/link$", sign_in.link),
    (r"^/-/sign-in/again$", sign_in.again),
    (r"^/-/sign-out$", sign_in.sign_out),
    (r"^/-/queue$", page.show),
    (r"^/-/queue\.(?P<form>csv|json)$", export.export),
    (r"^/-/queue/ids\.json$", page.ids),
    (r"^/-/queue/columns$", export.columns),
    (r"^/-/live\.json$", live.live),
    (r"^/-/presence$", live.presence),
    (r"^/-/story/(?P<story>\d{1,18})$", story.show),
    (r"^/-/story/(?P<story>\d{1,18})\.json$", story.as_json),
    (r"^/-/card/(?P<card>\d{1,18})(\.json)?$", story.old_card),
    (r"^/-/search(\.json)?$", search.show),
    (r"^/-/article/(?P<article>\d{1,18})$", article.show),
    (r"^/-/article/(?P<article>\d{1,18})/add$", article.add),
    (r"^/-/views$", saved_views.change),
    (r"^/-/take-over$", saved_views.take),
    (r"^/-/mutes$", mutes.show),
    (r"^/-/audit$", audit.show),
    (r"^/-/second$", second.show),
    (r"^/-/compare/(?P<article>\d{1,18})$", differences.differences),
    (r"^/-/overview(\.(?P<form>csv|json))?$", overview.overview),
    (r"^/-/sources(\.(?P<form>csv|json))?$", overview.sources),
    (r"^/-/situation$", situation.show),
    (r"^/-/rules(\.(?P<form>csv|json))?$", rules.show),
    (r"^/-/rules/edit$", rules.edit),
    (r"^/-/runs(\.(?P<form>csv|json))?$", overview.runs),
    (r"^/-/hit/(?P<hit>\d{1,18})/bundle\.zip$", bundle.download),
    (r"^/-/alerts(\.(?P<form>csv|json))?$", alerts.show),
    (r"^/-/alerts/(?P<delivery>\d{1,18})\.txt$", alerts.message),
    (r"^/-/health$", health_check.show),
    (r"^/-/feeds$", atom.show),
    (r"^/-/feed\.atom$", atom.atom),
    (r"^/-/act$", acts.act),
    (r"^/-/undo$", acts.undo),
)


def all_routes() -> list[tuple[str, responses.PageView]]:
    return [(pattern, _called_by_name(view)) for pattern, view in (*PAGE_ROUTES, *API_ROUTES)]


def _called_by_name(view: responses.PageView) -> responses.PageView:
    """Datasette hands arguments over by these names."""

    async def call(datasette: Datasette, request: Request) -> Response:
        return await view(datasette, request)

    return call
