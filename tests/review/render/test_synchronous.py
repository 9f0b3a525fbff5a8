"""Our own templates are compiled once for each server, and never taken for Datasette's."""

from pathlib import Path

from jinja2 import BytecodeCache, DictLoader, Environment, FileSystemBytecodeCache

from review.render.synchronous import environment, template


def awaiting(cache: BytecodeCache | None = None) -> Environment:
    loader = DictLoader({"page.html": "{{ 6 * 7 }} ballots"})
    return Environment(enable_async=True, autoescape=True, loader=loader, bytecode_cache=cache)


def test_each_environment_keeps_its_own_however_many_there_are() -> None:
    servers = [awaiting() for _ in range(20)]
    made = [environment(server) for server in servers]

    assert [environment(server) for server in servers] == made
    assert len(set(map(id, made))) == 20


def test_what_is_compiled_to_be_awaited_is_not_taken_from_its_cache(tmp_path: Path) -> None:
    server = awaiting(FileSystemBytecodeCache(str(tmp_path)))
    server.get_template("page.html")

    assert template(server, "page.html").render() == "42 ballots"
