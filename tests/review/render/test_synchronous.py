"""Our own templates are compiled once for each server, and never taken for Datasette's."""

from pathlib import Path

import pytest
from jinja2 import BytecodeCache, DictLoader, Environment, FileSystemBytecodeCache
from markupsafe import Markup, escape

from review.render.synchronous import environment, template


def awaiting(cache: BytecodeCache | None = None) -> Environment:
    loader = DictLoader({"page.html": "{{ 6 * 7 }} ballots"})
    return Environment(enable_async=True, autoescape=True, loader=loader, bytecode_cache=cache)


def test_each_environment_keeps_its_own_however_many_there_are() -> None:
    servers = [awaiting() for _ in range(20)]
    environments = [environment(server) for server in servers]

    assert [environment(server) for server in servers] == environments
    assert len(set(map(id, environments))) == 20


def test_what_is_compiled_to_be_awaited_is_not_taken_from_its_cache(tmp_path: Path) -> None:
    server = awaiting(FileSystemBytecodeCache(str(tmp_path)))
    server.get_template("page.html")

    assert template(server, "page.html").render() == "42 ballots"


@pytest.mark.parametrize("value", ["plain", "a <b> & 'c' \"d\"", 1234, True, None, 0.5, Markup("<b>"), {"<": ">"}])  # fmt: skip
def test_values_come_out_as_markupsafe_escapes_them(value: object) -> None:
    shown = environment(Environment(loader=DictLoader({"page": "[{{ value }}]"}), autoescape=True))

    assert shown.get_template("page").render(value=value) == f"[{escape(value)}]"


def test_what_a_macro_or_a_block_has_escaped_is_not_escaped_again() -> None:
    page = "{% macro bold(word) %}<b>{{ word }}</b>{% endmacro %}{% set said %}{{ bold(word) }}{% endset %}{{ said }}{{ bold(said) }}{{ said ~ word }}"
    awaited = Environment(loader=DictLoader({"page": page}), autoescape=True)

    shown = environment(awaited).get_template("page").render(word="<&>")

    assert shown == awaited.get_template("page").render(word="<&>")
    assert "<b>&lt;&amp;&gt;</b>" in shown
