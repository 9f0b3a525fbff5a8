"""What the rule commands share: loading with readable faults, and texts from files."""

import difflib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from commands.faults import Trouble
from matchers.loading import load, load_rules
from matchers.rulesets import RuleSet
from matchers.text import Text
from model import ConfigError, Rule
from storage.errors import StorageError
from storage.store import Store


def echo_faults(faults: object) -> None:
    assert isinstance(faults, list | tuple)
    for fault in faults:
        click.echo(str(fault), err=True)


def load_or_exit(path: Path) -> RuleSet:
    """The rules, or all their faults on standard error and exit code 2."""
    try:
        return load_rules(path)
    except* ConfigError as group:
        faults = group.exceptions
    echo_faults(faults)
    count = len(faults)
    click.echo(f"{count} fault{'s' if count > 1 else ''} in {path}", err=True)
    raise SystemExit(2)


def load_leniently(path: Path) -> RuleSet:
    """The rules that can be run; of faults only the number is told."""
    loaded = load(path)
    if not loaded.rules.rules:
        return load_or_exit(path)
    if loaded.faults:
        count = len(loaded.faults)
        click.echo(f"note: {count} faults in {path}; pollwatch rules check tells them", err=True)
    return loaded.rules


def rule_or_exit(rules: RuleSet, rule_id: str) -> Rule:
    rule = rules.rule(rule_id)
    if rule is None:
        close = difflib.get_close_matches(rule_id, [one.id for one in rules.rules], 1)
        hint = f"did you mean {close[0]}?" if close else "pollwatch rules list shows them"
        raise Trouble(f"there is no rule {rule_id}; {hint}")
    return rule


def sources(
    files: tuple[str, ...], db: Path | None, article: int | None
) -> Iterator[tuple[str, Text]]:
    """The texts that a command was given: files, or articles of a database."""
    if db is not None:
        yield from archived(db, article)
    elif not files:
        raise click.UsageError("name a FILE, or - for standard input, or --db with --article")
    for file in files:
        yield from texts_of(file)


def archived(db: Path, article: int | None) -> Iterator[tuple[str, Text]]:
    """Stored texts, in order; with `article`, that one."""
    try:
        with Store.open_existing(db) as store:
            after = 0 if article is None else article - 1
            while found := store.archive(after_id=after, limit=1 if article is not None else 500):
                for one in found:
                    if article in (None, one.article_id):
                        text = Text(one.title, one.body, one.source, one.url, one.language or "")
                        yield str(one.article_id), text
                after = found[-1].article_id
                if article is not None:
                    break
            if article is not None and after != article:
                raise Trouble(f"{db} holds no text of article {article}")
    except StorageError as error:
        raise Trouble(str(error)) from error


def texts_of(file: str) -> Iterator[tuple[str, Text]]:
    """Texts of a file: JSON lines (title, text, …), or one plain text.

    Of plain text, a first line followed by a blank line is the title.
    """
    if file == "-":
        data, name = sys.stdin.buffer.read().decode("utf-8-sig", "replace"), "standard input"
    else:
        path = Path(file)
        if not path.is_file():
            raise Trouble(f"{file} is a folder" if path.is_dir() else f"there is no file {file}")
        data, name = path.read_bytes().decode("utf-8-sig", "replace"), file
    if data.lstrip().startswith("{"):
        yield from json_texts(data, name)
    else:
        first, _, rest = data.strip().partition("\n")
        headed = bool(rest.strip()) and not rest.split("\n", 1)[0].strip()
        yield name, Text(first.strip(), rest.strip()) if headed else Text(body=data)


def json_texts(data: str, name: str) -> Iterator[tuple[str, Text]]:
    for number, line in enumerate(data.split("\n"), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except ValueError as error:
            raise Trouble(f"{name}:{number}: not JSON: {error}") from error
        if not isinstance(item, dict):
            raise Trouble(f"{name}:{number}: not a JSON object")
        item.setdefault("text", item.get("body"))
        values = [item.get(key) or "" for key in ("title", "text", "source", "url", "lang")]
        if not all(isinstance(value, str) for value in values):
            raise Trouble(f"{name}:{number}: title, text, source, url and lang must be texts")
        yield str(item.get("id", f"{name}:{number}")), Text(*values)
