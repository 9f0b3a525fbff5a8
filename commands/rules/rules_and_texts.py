"""What the rule commands share: loading with readable faults, and texts from files."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path

import click

from commands.shared.faults import CommandFailed
from commands.shared.shared_options import RULES
from commands.shared.source import opened, read_whole, standard_input
from config.did_you_mean import did_you_mean
from extractors.feeds.parsing.text import opening_of
from matchers.rules.load import Loaded, load_folder, load_rules
from matchers.rules.ruleset import RuleSet
from matchers.text.article_text import ArticleText
from model import ConfigError, Rule
from model.plurals import count_of
from storage.database.errors import StorageError
from storage.ingest.rematch import archive
from storage.store import Store

Command = Callable[..., None]
TEXT_FIELDS = ("title", "text", "source", "url", "lang", "summary")  # of a JSON line
LARGEST_TEXT_FILE = 50_000_000  # bytes


@dataclass(frozen=True, slots=True)
class RuleAndTexts:
    """A rule, and the texts that it is held against: files, or articles of a database."""

    rule_id: str
    files: tuple[str, ...]
    rules: Path
    db: Path | None
    article: str | None  # its number or address


def takes_texts(json_help: str) -> Callable[[Command], Command]:
    """Gives a command `chosen`, a RuleAndTexts, of what stands on its command line; and `as_json`."""
    parameters = (
        click.argument("rule_id", metavar="RULE"),
        click.argument("files", nargs=-1, metavar="[FILE|-]..."),
        click.option("--rules", type=click.Path(path_type=Path), default=RULES, show_default=True, help="Rule file or folder."),
        click.option("--db", type=click.Path(path_type=Path), help="Take the texts from this database."),
        click.option("--article", help="With --db: the article of this number or address."),
        click.option("--json", "as_json", is_flag=True, help=json_help),
    )  # fmt: skip

    def wrap(command: Command) -> Command:
        @wraps(command)
        def with_given(
            rule_id: str, files: tuple[str, ...], rules: Path, db: Path | None, article: str | None, **options: object
        ) -> None:  # fmt: skip
            command(chosen=RuleAndTexts(rule_id, files, rules, db, article), **options)

        wrapped: Command = with_given
        for parameter in reversed(parameters):
            wrapped = parameter(wrapped)
        return wrapped

    return wrap


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
    click.echo(f"{count_of(len(faults), 'fault')} in {path}", err=True)
    raise SystemExit(2)


def load_leniently(path: Path) -> RuleSet:
    """The rules that can be run; of faults only the number is told."""
    return read_leniently(path).rules


def read_leniently(path: Path) -> Loaded:
    """As `load_leniently`, with the examples as they were read."""
    loaded = load_folder(path)
    if not loaded.rules.rules:
        load_or_exit(path)
    if loaded.faults:
        count = count_of(len(loaded.faults), "fault")
        click.echo(f"note: {count} in {path}; ./pollwatch rules check tells more", err=True)
    return loaded


def rule_or_exit(rules: RuleSet, rule_id: str, faults: Iterable[ConfigError] = ()) -> Rule:
    rule = rules.rule(rule_id)
    if rule is not None:
        return rule
    if any((fault.field or "").partition(":")[0] == rule_id for fault in faults):
        raise CommandFailed(f"the rule {rule_id} has faults; ./pollwatch rules check lists them")
    hint = did_you_mean(rule_id, [rule.id for rule in rules.rules], shown="{}")
    hint = hint or "./pollwatch rules list shows them"
    raise CommandFailed(f"there is no rule {rule_id}; {hint}")


def given_texts(chosen: RuleAndTexts) -> Iterator[tuple[str, ArticleText]]:
    """The texts that a command was given, each with its name. UsageError where it was given none."""
    if chosen.article is not None and chosen.db is None:
        raise click.UsageError("--article needs --db, such as --db data/pollwatch.db")
    if chosen.db is not None:
        yield from stored_texts(chosen.db, chosen.article)
    elif not chosen.files:
        raise click.UsageError("name a FILE, or - for standard input, or --db")
    for file in chosen.files:
        yield from texts_of_file(file)


def stored_texts(db: Path, article: str | None) -> Iterator[tuple[str, ArticleText]]:
    """Stored texts, in order; with `article`, the one of that number or address."""
    number = int(article) if article is not None and article.isdecimal() else None
    any_text = False
    for key, text in every_text(db, 0 if number is None else number - 1):
        if article is None or key == number or is_same_address(article, text.url):
            any_text = True
            yield str(key), text
        if key == number:
            break
    if article is not None and not any_text:
        raise CommandFailed(f"{db} holds no text of article {article}")


def every_text(db: Path, after: int) -> Iterator[tuple[int, ArticleText]]:
    try:
        with Store.open_existing(db) as store:
            while page := archive(store.db, after_id=after, limit=500):
                for stored in page:
                    yield (
                        stored.article_id,
                        ArticleText(
                            stored.title,
                            stored.body,
                            stored.source,
                            stored.url,
                            stored.language or "",
                            stored.summary,
                        ),
                    )
                after = page[-1].article_id
    except StorageError as error:
        raise CommandFailed(str(error)) from error


def is_same_address(url: str, other: str) -> bool:
    """Whether two addresses differ in no more than http or https and a slash at the end."""
    return bare_address(url) == bare_address(other)


def bare_address(address: str) -> str:
    return address.removeprefix("https://").removeprefix("http://").rstrip("/")


def texts_of_file(file: str) -> Iterator[tuple[str, ArticleText]]:
    """Texts of a file: JSON lines (title, text, …), or one plain text.

    Of plain text, a first line followed by a blank line is the title.
    """
    data, name = text_file(file)
    if data.lstrip().startswith("{"):
        yield from json_texts(data, name)
    else:
        yield name, read_plain_text(data)


def texts_by_line(file: str) -> Iterator[tuple[str, ArticleText]]:
    """Each line of a file that is not blank as a text of its own; one in braces is read as JSON."""
    data, name = text_file(file)
    for number, line in enumerate(
        data.split("\n"), 1
    ):  # JSON may hold other line ends in its texts
        if line.lstrip().startswith("{"):
            yield json_text(line, name, number)
        elif line.strip():
            yield f"{name}:{number}", ArticleText(body=line.strip())


def text_file(file: str) -> tuple[str, str]:
    """What is in a file, or in standard input for `-`, and what to call it."""
    if file == "-":
        content, name = read_whole(standard_input(), LARGEST_TEXT_FILE), "standard input"
    else:
        path = Path(file)
        if path.is_dir():
            raise CommandFailed(f"{file} is a folder")
        if not path.exists():
            raise CommandFailed(no_file(file))
        with opened(file) as source:
            content, name = read_whole(source, LARGEST_TEXT_FILE), file
    return content.decode("utf-8-sig", "replace"), name


def read_plain_text(content: str) -> ArticleText:
    """A saved text: its first line is the title where a blank line follows."""
    first, _, rest = content.strip().partition("\n")
    headed = bool(rest.strip()) and not rest.split("\n", 1)[0].strip()
    return ArticleText(first.strip(), rest.strip()) if headed else ArticleText(body=content)


def no_file(file: str) -> str:
    if file.isdecimal() or file.startswith(("http://", "https://")):
        return f"there is no file {file}; for a stored article write --db data/pollwatch.db --article …"
    return f"there is no file {file}"


def json_texts(data: str, name: str) -> Iterator[tuple[str, ArticleText]]:
    for number, line in enumerate(data.split("\n"), 1):
        if line.strip():
            yield json_text(line, name, number)


def json_text(line: str, name: str, number: int) -> tuple[str, ArticleText]:
    """The text of a JSON line, and its id, or else file and line."""
    try:
        article = json.loads(line)
    except ValueError as error:
        raise CommandFailed(f"{name}:{number}: not JSON: {error}") from error
    if not isinstance(article, dict):
        raise CommandFailed(f"{name}:{number}: not a JSON object")
    values = {key: article.get(key) or "" for key in TEXT_FIELDS}
    for key, value in values.items():
        if not isinstance(value, str):
            raise CommandFailed(f"{name}:{number}: {key} must be text")
    return str(article.get("id", f"{name}:{number}")), as_run_reads(ArticleText(*values.values()))


def as_run_reads(text: ArticleText) -> ArticleText:
    """A text without a headline under its own opening, as runs give one to a post or a page without."""
    return (
        text if text.title.strip() else replace(text, title=opening_of(text.summary or text.body))
    )
