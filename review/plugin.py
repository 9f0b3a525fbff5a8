"""The Datasette plugin: every hook, each one line into the module that does the work."""

import sqlite3
from collections.abc import Callable
from typing import TypeVar, cast

import datasette
from datasette.app import Datasette
from datasette.utils.asgi import Request
from jinja2 import Environment

from review import database, path_prefix, state
from review.auth import middleware, permissions
from review.pages import error_pages, responses, routes
from review.render import table_cells, template_context
from review.state import Actor

F = TypeVar("F")
hookimpl = cast("Callable[[F], F]", datasette.hookimpl)
last_word = cast("Callable[[F], F]", datasette.hookimpl(trylast=True))  # its answer counts


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, responses.PageView]]:
    return routes.all_routes()


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    _prepare(conn)


_prepare = database.prepare_for_pages


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[middleware.App], middleware.App]:
    def wrap(app: middleware.App) -> middleware.App:
        guarded = middleware.guarded_app(
            error_pages.explain_old_forms(datasette, app), lambda: state.door(datasette)
        )
        return path_prefix.under_prefix(guarded, datasette.path_prefix)

    return wrap


@hookimpl
def actor_from_request(request: Request) -> Actor | None:
    return state.actor(request.scope.get("person"))


@last_word
def permission_allowed(actor: Actor | None, action: str, resource: object) -> bool:
    return permissions.allowed(actor, action, resource)


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    template_context.prepare_templates(env)


@hookimpl
def extra_template_vars(datasette: Datasette, request: Request) -> template_context.Variables:
    return template_context.variables(datasette, request)


@hookimpl
def render_cell(value: object, column: str, table: str | None) -> object:
    return table_cells.render(value, column, table)


@hookimpl
def forbidden(datasette: Datasette, request: Request, message: str) -> object:
    return error_pages.forbidden_page(datasette, request, message)


@hookimpl
def handle_exception(datasette: Datasette, request: Request, exception: Exception) -> object:
    return error_pages.failed(datasette, request, exception)
