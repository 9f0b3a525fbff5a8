"""Templates of our own pages, rendered in one go.

Datasette's are compiled so that any value in them may be awaited, which takes a page of the queue twice
the time; ours are given nothing to wait for.
"""

import re
from functools import partial
from typing import Any

from jinja2 import Environment, Template
from markupsafe import Markup, escape

EXECUTOR_NAME = "pollwatch_synchronous"
SPECIAL = re.compile("[&<>'\"]")


class Synchronous(Template):
    """As Datasette asks for it."""

    @classmethod
    def from_code(cls, environment: Environment, code: Any, *more: Any) -> Template:
        template = super().from_code(environment, code, *more)
        # Compiled templates name `escape` for what they put out, and for nothing else.
        template.root_render_func.__globals__["escape"] = escaped
        return template

    async def render_async(self, *args: Any, **context: Any) -> str:
        return self.render(*args, **context)


def escaped(value: Any) -> str:
    """The same letters as `escape` gives, which wraps each of a page's 3,700 pieces in a Markup of its own:
    that takes longer than to see that there is nothing to escape, and is dropped when they are joined."""
    kind = type(value)
    if kind is str:
        return escape(value) if SPECIAL.search(value) else value
    if kind is int:
        return str(value)
    return value if kind is Markup else escape(value)


def environment(of: Environment) -> Environment:
    """The same templates, filters and globals; made once for each `of`, which keeps it."""
    overlay: Environment | None = getattr(of, EXECUTOR_NAME, None)
    if overlay is None:
        # No cache of `of`: what that holds is compiled to be awaited, under the same names.
        overlay = of.overlay(enable_async=False, bytecode_cache=None)
        overlay.template_class = Synchronous
        overlay.getattr = partial(attribute, overlay)  # type: ignore[method-assign]
        of.extend(**{EXECUTOR_NAME: overlay})
    return overlay


def attribute(of: Environment, value: Any, name: str) -> Any:
    """`thing.name` in a template: of a dict its entry first, so that the thousands of a page need no failed
    look at its methods."""
    if type(value) is dict and name in value:
        return value[name]
    return Environment.getattr(of, value, name)


def template(of: Environment, name: str) -> Template:
    return environment(of).get_template(name)
