"""Templates of our own pages, rendered in one go.

Datasette's are compiled so that any value in them may be awaited, which takes a page of the queue twice
the time; ours are given nothing to wait for.
"""

from functools import lru_cache
from typing import Any

from jinja2 import Environment, Template


class Synchronous(Template):
    """As Datasette asks for it."""

    async def render_async(self, *args: Any, **given: Any) -> str:
        return self.render(*args, **given)


@lru_cache(maxsize=8)  # servers of one process, in tests
def environment(of: Environment) -> Environment:
    """The same templates, filters and globals."""
    made = of.overlay(enable_async=False)
    made.template_class = Synchronous
    return made


def template(of: Environment, name: str) -> Template:
    return environment(of).get_template(name)
