"""Changes to feeds.yaml that keep everything else byte for byte: comments, order, quoting.

The text is cut where the YAML nodes stand. Before anything is written the new text is read again:
it must hold the old list with just this one change. The file is replaced in one step.
"""

import os
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import yaml

from config.did_you_mean import did_you_mean
from config.fields import FieldError
from config.read import compose
from config.replace_file import one_writer, replace_file
from extractors.feed_list.feed_fields import check_address
from extractors.feed_list.load import FeedListReader, Listed, complete, read_feeds_file, read_list
from model import ConfigError, FeedSpec

_DEFAULTS = {setting.name: setting.default for setting in fields(FeedSpec)}
_EMPTY = "feeds:\n"


def add_feeds(path: Path, specs: Iterable[FeedSpec]) -> None:
    """All of them, at the end, or an ExceptionGroup of ConfigError and no change. Makes the file."""
    specs = tuple(specs)
    with one_writer(path):
        reading = _sound(path)
        _write(path, _appended(reading, specs), (*reading.feeds, *specs))


def remove_feed(path: Path, feed_id: str) -> None:
    """Takes the feed out. Comments above it stay."""
    with one_writer(path):
        reading = _sound(path, must_exist=True)
        listed = _find(reading, feed_id)
        after = tuple(other.spec for other in reading.listed if other is not listed)
        _write(path, _without(reading, listed), after)


def set_url(path: Path, feed_id: str, url: str) -> None:
    """Changes the address; id and name stay, even where they came from the old address."""
    with one_writer(path):
        reading = _sound(path, must_exist=True)
        text, listed = reading.document.text, _find(reading, feed_id)
        try:
            check_address(url)
        except FieldError as fault:
            raise _broken(path, f"url: {fault.why}", hint=fault.hint) from fault
        node = listed.nodes["url"]
        start, end = node.start_mark.index, node.end_mark.index
        new = FeedSpec(**{**_as_dict(listed.spec), "url": url})  # type: ignore[arg-type]
        after = tuple(new if other is listed else other.spec for other in reading.listed)
        text = text[:start] + _replacement(listed, new) + text[end:]
        _write(path, text, after)


def _replacement(listed: Listed, new: FeedSpec) -> str:
    url = _scalar(new.url)
    if isinstance(listed.node, yaml.ScalarNode):
        return f"{{name: {_scalar(new.name)}, id: {new.id}, url: {url}}}"
    if "id" not in listed.nodes and "name" not in listed.nodes:
        column = listed.node.start_mark.column
        flow = getattr(listed.node, "flow_style", False)
        between = ", " if flow else "\n" + " " * column
        return f"{url}{between}name: {_scalar(new.name)}{between}id: {new.id}"
    return url if getattr(listed.node, "flow_style", False) else _scalar(new.url, flow=False)


def _sound(path: Path, *, must_exist: bool = False) -> FeedListReader:
    """The list with marks that count characters; libyaml's are not used for cutting."""
    new = not must_exist and not path.exists()
    parts = compose(_EMPTY, str(path)) if new else read_feeds_file(path, loader=yaml.SafeLoader)
    reading = read_list(*parts)
    reading.document.raise_faults()
    return reading


def _find(reading: FeedListReader, feed_id: str) -> Listed:
    for listed in reading.listed:
        if feed_id in {listed.spec.id, listed.spec.url}:
            return listed
    hint = did_you_mean(feed_id, [listed.spec.id for listed in reading.listed])
    hint = hint or "`pollwatch feeds list` shows the ids"
    raise _broken(reading.document.path, f'has no feed "{feed_id}"', hint=hint)


def _broken(path: Path | str, why: str, *, hint: str | None = None) -> ExceptionGroup[ConfigError]:
    return ExceptionGroup(f"{path} {why}", [ConfigError(str(path), why, hint=hint)])


def _appended(reading: FeedListReader, specs: tuple[FeedSpec, ...]) -> str:
    text, sequence = reading.document.text, reading.sequence
    if sequence is not None and sequence.flow_style and sequence.value:
        at = sequence.end_mark.index - 1
        return text[:at].rstrip().rstrip(",") + "".join(map(_flow, specs)) + text[at:]
    if sequence is not None and sequence.value:
        indent = sequence.start_mark.column
        at = _end(text, sequence.value[-1])
        at = len(text) if text.find("\n", at) < 0 else text.find("\n", at)
    else:
        key = reading.feeds_key
        assert key is not None  # a sound list has the key
        at, indent = key.end_mark.index + 1, 2
        end = sequence.end_mark.index if sequence else at
        text = text[:at] + text[end:]
    block = "".join(_block(spec, indent) for spec in specs)
    return text[:at] + "\n" + block.rstrip("\n") + (text[at:] or "\n")


def _block(spec: FeedSpec, indent: int) -> str:
    first, *rest = yaml.safe_dump(
        as_listed(spec), sort_keys=False, allow_unicode=True, width=10_000
    ).splitlines()
    margin = " " * indent
    return "\n".join([f"{margin}- {first}", *(f"{margin}  {line}" for line in rest)]) + "\n"


def _flow(spec: FeedSpec) -> str:
    return (
        ",\n  "
        + yaml.safe_dump(
            as_listed(spec),
            sort_keys=False,
            allow_unicode=True,
            width=10_000,
            default_flow_style=True,
        ).strip()
    )


def as_listed(spec: FeedSpec) -> dict[str, object]:
    """What feeds.yaml needs to say of the feed: no more than differs from the defaults."""
    listed: dict[str, object] = {"name": spec.name, "url": spec.url}
    if complete(dict(listed)).id != spec.id:
        listed["id"] = spec.id
    for name, default in _DEFAULTS.items():
        value = getattr(spec, name)
        if name not in {"id", "name", "url"} and value != default:
            pairs = name == "headers"
            listed[name] = (
                dict(value) if pairs else list(value) if isinstance(value, tuple) else value
            )
    return listed


def _without(reading: FeedListReader, listed: Listed) -> str:
    text, sequence = reading.document.text, reading.sequence
    assert sequence is not None  # it holds `listed`
    position = sequence.value.index(listed.node)
    if sequence.flow_style:
        if position + 1 < len(sequence.value):
            start, end = listed.node.start_mark.index, sequence.value[position + 1].start_mark.index
        else:
            before = sequence.value[position - 1] if position else None
            start = _end(text, before) if before else listed.node.start_mark.index
            end = listed.node.end_mark.index
        return text[:start] + text[end:]
    start = text.rfind("\n", 0, text.rfind("-", 0, listed.node.start_mark.index)) + 1
    newline = text.find("\n", _end(text, listed.node))
    end = len(text) if newline < 0 else newline + 1
    if len(sequence.value) == 1:
        return text[:start] + text[end:]
    if text[:start].endswith("\n\n") and text[end : end + 1] == "\n":
        end += 1  # the feed stood between two empty lines: one is enough
    return text[:start] + text[end:]


def _end(text: str, node: yaml.Node) -> int:
    """Where the node's last character stands; marks of blocks reach to the next token."""
    if isinstance(node, yaml.ScalarNode) or getattr(node, "flow_style", False):
        return len(text[: node.end_mark.index].rstrip())
    last = node.value[-1]
    return _end(text, last[1] if isinstance(last, tuple) else last)


def _scalar(value: str, *, flow: bool = True) -> str:
    """The value as one YAML scalar on one line; with `flow`, safe inside [ ] and { } as well."""
    dumped = yaml.safe_dump([value], default_flow_style=flow, allow_unicode=True, width=10_000)
    return dumped.strip()[1:-1] if flow else dumped.strip()[2:]


def _as_dict(spec: FeedSpec) -> dict[str, object]:
    return {setting.name: getattr(spec, setting.name) for setting in fields(FeedSpec)}


def _write(path: Path, text: str, expected: tuple[FeedSpec, ...]) -> None:
    reading = read_list(*compose(text, str(path)))
    reading.document.raise_faults()
    if reading.feeds != expected:
        why = "is written in a way that Pollwatch cannot edit safely; nothing was changed"
        raise _broken(path, why, hint="make this change in an editor")
    _replace(Path(os.path.realpath(path)), text)


def _replace(path: Path, text: str) -> None:
    """Whole or not at all, with the file's own permissions."""
    if path.exists() and not path.is_file():  # root would replace /dev/null for everybody
        raise _broken(path, "is not a regular file, so it is not replaced")
    try:
        replace_file(path, text)
    except OSError as exc:
        fault = ConfigError(str(path), f"cannot be written: {exc.strerror}")
        raise ExceptionGroup(f"{path} cannot be written", [fault]) from exc
