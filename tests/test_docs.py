"""What the documents say: every command exists with these options, every link leads somewhere."""

import re
import shlex
from pathlib import Path

import click
import pytest

from cli import COMMANDS, main

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "rules" / "README.md"]
PAGES += sorted((ROOT / "docs").glob("*.md"))
BLOCK = re.compile(r"^```[a-z]*\n(.*?)^```", re.S | re.M)
LAUNCHER = {"test", "prefect", "dask"}  # verbs of the launcher itself


def commands(page: Path) -> list[str]:
    lines = [
        line.strip()
        for block in BLOCK.findall(page.read_text("utf-8"))
        for line in block.splitlines()
    ]
    lines += re.findall(r"`(\./pollwatch [^`]+)`", page.read_text("utf-8"))
    commands = [line.removeprefix("$ ") for line in lines]
    return [line for line in commands if line.startswith("./pollwatch")]


ALL = sorted(
    {(page.relative_to(ROOT).as_posix(), line) for page in PAGES for line in commands(page)}
)


def words_of(line: str) -> list[str]:
    """The words after ./pollwatch, without comments, pipes and redirections."""
    words = shlex.split(line, comments=True)[1:]
    cut = [n for n, word in enumerate(words) if word in ("|", ">", "<", "&&", "&")]
    return words[: cut[0]] if cut else words


@pytest.mark.parametrize(("page", "line"), ALL, ids=[f"{page}: {line}" for page, line in ALL])
def test_a_documented_command_exists_with_its_options(page: str, line: str) -> None:
    words = words_of(line)
    if not words or words[0] in LAUNCHER:
        return
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        inner = command.get_command(context, words[0])
        assert inner is not None, f"{page}: no command {words[0]}"
        command, words = inner, words[1:]
        context = click.Context(command, parent=context, info_name=command.name)
    options = {
        option for param in command.params for option in (*param.opts, *param.secondary_opts)
    }
    used = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    assert used <= options | {"--help", "-h", "--version"}, f"{page}: {line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    leaves = command.commands.values() if isinstance(command, click.Group) else [command]
    for leaf in leaves:
        help_text = leaf.get_help(click.Context(leaf, info_name=f"pollwatch {name}"))
        assert "xample" in help_text, f"{name} {leaf.name}"


def test_every_dependency_stands_in_the_readme() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    readme = (ROOT / "README.md").read_text("utf-8")
    for dependency in project["dependencies"]:
        name = re.split(r"[<>=\[;! ]", dependency)[0]
        assert re.search(rf"\b{re.escape(name)}\b", readme), name


def test_no_lock_names_an_index() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        assert not re.search(r"https?://|--index|--find-links", lock.read_text("utf-8")), lock.name
