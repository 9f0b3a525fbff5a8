"""Puts the review server together: Datasette, our plugin, our settings, one database."""

from collections.abc import Hashable
from copy import deepcopy
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml
from datasette.app import Datasette
from datasette.plugins import pm
from jinja2 import ChoiceLoader

from config.read import LOADER
from review import database, plugin
from review.auth.sessions import Sessions
from review.auth.team_file import Team
from review.path_prefix import PrefixedDatasette
from review.render import template_context
from review.state import ReviewState
from storage.store import Store

REVIEW_FOLDER = Path(__file__).parent
DATASETTE_SETTINGS = {
    "default_allow_sql": False,
    "allow_download": False,
    "suggest_facets": False,
    "allow_csv_stream": True,
    "default_page_size": 50,
    "max_returned_rows": 2000,
    "sql_time_limit_ms": 8000,
    "facet_time_limit_ms": 400,
    "num_sql_threads": 4,
    "default_cache_ttl": 0,
    "template_debug": False,
    "trace_debug": False,
}


class ReviewDatasette(PrefixedDatasette):
    """A Datasette whose metadata stays as it began."""

    def metadata(self, key: str | None = None, *place: Any, **more: Any) -> Any:
        """As Datasette's, which merges all of it anew for each of the three looks that a page takes."""
        if key is None:
            return super().metadata(key, *place, **more)
        question = (key, place, tuple(more.items()))
        if question not in self.metadata_kept:
            self.metadata_kept[question] = super().metadata(key, *place, **more)
        return self.metadata_kept[question]

    @cached_property
    def metadata_kept(self) -> dict[Hashable, Any]:
        return {}


def build(
    path: Path, team: Team, rules: Path | None = None, alerts: Path | None = None
) -> ReviewDatasette:
    """A Datasette over the file; the pipeline may write while people read.

    `rules`: the folder whose word lists searches may name, and whose rules the editor copies. `alerts`: says who hears of an escalation.
    """
    if not pm.is_registered(plugin):
        pm.register(plugin, name="pollwatch")
        # It prints every local variable, secrets among them, and takes seconds to. Ours is error_pages.py.
        pm.unregister(name="datasette.handle_exception")
    settings = {**DATASETTE_SETTINGS, "force_https_urls": team.tls}
    ds = ReviewDatasette(
        [], metadata=_metadata(), settings=settings, secret=team.secret,
        template_dir=str(REVIEW_FOLDER / "templates"), static_mounts=[("-/pollwatch", str(REVIEW_FOLDER / "static"))],
    )  # fmt: skip
    ds.jinja_env.loader = ChoiceLoader([template_context.AsTheyAreNow(REVIEW_FOLDER / "templates"), ds.jinja_env.loader])  # fmt: skip
    ds.path_prefix = team.path_prefix
    ds._root_token = None  # our own one-time link is the only one
    ds.remove_database("_memory")
    sessions = Sessions(team, ended=ended_sessions(path))
    attach(ds, ReviewState(path, team, sessions, rules, alerts))
    return ds


def attach(ds: Datasette, state: ReviewState) -> None:
    """All that a server holds of one database and its readers."""
    ds.pollwatch_desk = state
    ds.add_database(database.database_at(ds, state.path), name=database.NAME)


def ended_sessions(path: Path) -> set[str]:
    """Sessions that were signed out of before this server started."""
    with Store.open_existing(path) as store:
        return {key for (key,) in store.db.execute("SELECT key FROM ended_sessions")}


def _metadata() -> dict[str, object]:
    """The same file as for a stock Datasette, which it describes under the name of our database."""
    described = _described()
    ours = deepcopy(described["databases"]["pollwatch"])
    for place in (ours, *ours["tables"].values()):
        place.pop("description_html", None)  # links for a server that has no pages of ours
    databases = {database.NAME: ours}
    return {"title": described["title"], "description": described["description"], "databases": databases}  # fmt: skip


@cache
def _described() -> dict[str, Any]:
    text = (REVIEW_FOLDER / "metadata.yaml").read_text(encoding="utf-8")
    described: dict[str, Any] = yaml.load(text, LOADER)  # noqa: S506 (a file of ours)
    return described
