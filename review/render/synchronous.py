"""Templates of our own pages, rendered in one go.

Datasette's are compiled so that any value in them may be awaited, which takes a page of the queue twice
the time; ours are given nothing to wait for.
"""

from functools import partial
from typing import Any

from jinja2 import Environment, Template

KEPT = "pollwatch_synchronous"


class Synchronous(Template):
    """As Datasette asks for it."""

    async def render_async(self, *args: Any, **given: Any) -> str:
        return self.render(*args, **given)


def environment(of: Environment) -> Environment:
    """The same templates, filters and globals; made once for each `of`, which keeps it."""
    made: Environment | None = getattr(of, KEPT, None)
    if made is None:
        # No cache of `of`: what that holds is compiled to be awaited, under the same names.
        made = of.overlay(enable_async=False, bytecode_cache=None)
        made.template_class = Synchronous
        made.getattr = partial(attribute, made)  # type: ignore[method-assign]
        of.extend(**{KEPT: made})
    return made


def attribute(of: Environment, thing: Any, name: str) -> Any:
    """`thing.name` in a template: of a dict its entry first, so that the thousands of a page need no failed
    look at its methods."""
    if type(thing) is dict and name in thing:
        return thing[name]
    return Environment.getattr(of, thing, name)


def template(of: Environment, name: str) -> Template:
    return environment(of).get_template(name)
