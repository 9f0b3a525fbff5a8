"""`pollwatch rules lists`: the word lists, and the words of one."""

import json
from pathlib import Path

import click

from commands.shared.faults import CommandFailed
from commands.shared.shared_options import RULES
from config.did_you_mean import did_you_mean
from matchers.query.ast import Or, canonical
from matchers.rules.load import Loaded, load_folder
from model.plurals import count_of


@click.command(epilog="Example: ./pollwatch rules lists voting_place")
@click.argument("name", required=False)
@click.option("--rules", type=click.Path(path_type=Path), default=RULES, show_default=True, help="Rule file or folder.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object: name to words.")
def show_word_lists(name: str | None, rules: Path, as_json: bool) -> None:
    """Name the word lists, file by file; with NAME, print its words."""
    loaded = load_folder(rules)
    if name is not None:
        name = name.removeprefix("$")
        if name not in loaded.lists:
            hint = (
                did_you_mean(name, loaded.lists, shown="${}")
                or "./pollwatch rules lists names them"
            )
            raise CommandFailed(f"there is no word list ${name}; {hint}")
    chosen = loaded.lists if name is None else {name: loaded.lists[name]}
    if as_json:
        click.echo(
            json.dumps({list_name: list_words(words) for list_name, words in chosen.items()})
        )
    elif name is None:
        for line in by_file(loaded):
            click.echo(line)
    else:
        for word in list_words(chosen[name]):
            click.echo(word)


def list_words(word_list: Or) -> list[str]:
    return [canonical(child) for child in word_list.children]


def by_file(loaded: Loaded) -> list[str]:
    """One line a file: its lists in alphabetical order."""
    files: dict[str, list[str]] = {}
    for name, draft in loaded.list_drafts.items():
        files.setdefault(Path(draft.document.path).name, []).append(name)
    return [
        f"`{file}` ({count_of(len(names), 'list')}): "
        + ", ".join(f"`${list_name}`" for list_name in sorted(names))
        for file, names in sorted(files.items())
    ]
