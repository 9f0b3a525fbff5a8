"""Every address of ours, in one list; the tests walk it."""

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review.api.routes import API_ROUTES
from review.pages import article, atom, audit, bundle, responses, rules, second_opinions, sign_in
from review.pages.acts import acts, mutes
from review.pages.figures import alerts, health_check, overview, situation
from review.pages.queue import differences, export, live, page, saved_views, search, story


async def home(ds: Datasette, request: Request) -> Response:
    return Response.redirect("/-/queue", status=303)


PAGE_ROUTES: tuple[tuple[str, responses.PageView], ...] = (
    (r"^/$", home),
    (r"^/-/sign-in$", sign_in.sign_in_page),
    (r"^/-/sign-in/link$", sign_in.link),
    (r"^/-/sign-in/again$", sign_in.again),
    (r"^/-/sign-out$", sign_in.sign_out),
    (r"^/-/queue$", page.queue_page),
    (r"^/-/queue\.(?P<form>csv|json)$", export.queue_export),
    (r"^/-/queue/ids\.json$", page.ids),
    (r"^/-/queue/columns$", export.columns),
    (r"^/-/live\.json$", live.live_json),
    (r"^/-/presence$", live.presence),
    (r"^/-/story/(?P<story>\d{1,18})$", story.story_page),
    (r"^/-/story/(?P<story>\d{1,18})\.json$", story.story_as_json),
    (r"^/-/card/(?P<card>\d{1,18})(\.json)?$", story.old_card),
    (r"^/-/search(\.json)?$", search.search_page),
    (r"^/-/article/(?P<article>\d{1,18})$", article.article_page),
    (r"^/-/article/(?P<article>\d{1,18})/add$", article.add_to_queue),
    (r"^/-/views$", saved_views.change),
    (r"^/-/take-over$", saved_views.take_over_view),
    (r"^/-/mutes$", mutes.mutes_page),
    (r"^/-/audit$", audit.audit_page),
    (r"^/-/second$", second_opinions.second_opinions_page),
    (r"^/-/compare/(?P<article>\d{1,18})$", differences.differences),
    (r"^/-/overview(\.(?P<form>csv|json))?$", overview.overview_page),
    (r"^/-/sources(\.(?P<form>csv|json))?$", overview.sources_page),
    (r"^/-/situation$", situation.situation_page),
    (r"^/-/rules(\.(?P<form>csv|json))?$", rules.rules_page),
    (r"^/-/rules/edit$", rules.rule_editor),
    (r"^/-/runs(\.(?P<form>csv|json))?$", overview.runs_page),
    (r"^/-/hit/(?P<hit>\d{1,18})/bundle\.zip$", bundle.download),
    (r"^/-/alerts(\.(?P<form>csv|json))?$", alerts.alerts_page),
    (r"^/-/alerts/(?P<delivery>\d{1,18})\.txt$", alerts.sent_message),
    (r"^/-/health$", health_check.health_answer),
    (r"^/-/feeds$", atom.feed_readers_page),
    (r"^/-/feed\.atom$", atom.atom_feed),
    (r"^/-/act$", acts.act_view),
    (r"^/-/undo$", acts.undo_view),
)


def all_routes() -> list[tuple[str, responses.PageView]]:
    return [(pattern, _called_by_name(view)) for pattern, view in (*PAGE_ROUTES, *API_ROUTES)]


def _called_by_name(view: responses.PageView) -> responses.PageView:
    """Datasette hands arguments over by these names."""

    async def call(datasette: Datasette, request: Request) -> Response:
        return await view(datasette, request)

    return call
