"""Which files of a rule folder are read, and which links are followed.

A link may come with somebody's change: to a file of secrets, whose lines would then be quoted in messages
and alerts. So links are followed inside the folder only, but for what Git ignores: `local` and
`terms/local` may be links to folders of one's own, and hold links.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from config.home import LOCAL


def files_to_load(path: Path) -> tuple[list[tuple[Path, str]], list[tuple[Path, str]]]:
    """Files of rules and files of word lists, each with the name to show."""
    home = path if path.is_dir() else path.parent
    terms = home / "terms"
    linked = path.is_dir() and leads_out(
        terms, home
    )  # beside one file, who named it linked the lists
    lists = [] if linked else [file for file in files_below(terms, home) if is_yaml(file)]
    rules = [path]
    if path.is_dir():
        rules = [file for file in files_below(home) if is_yaml(file) and terms not in file.parents]
    return [(file, str(file)) for file in rules], [(file, str(file)) for file in lists]


def files_below(folder: Path, home: Path | None = None) -> list[Path]:
    """The files of a folder and its folders, without hidden ones and those that links out of `home`, or
    of the folder itself, lead to."""
    own = own_places(folder)
    return [
        path
        for path in sorted(paths_below(folder))
        if path.is_file() and (is_in(path, own) or not leads_out(path, home or folder))
    ]


def links_out(folder: Path) -> list[Path]:
    """The links of a folder that are not followed."""
    own = own_places(folder)
    return [
        path
        for path in sorted(paths_below(folder) if folder.is_dir() else ())
        if path.is_symlink() and not is_in(path, own) and leads_out(path, folder)
    ]


def paths_below(folder: Path) -> Iterator[Path]:
    """All that is in the folder and not hidden, and in `local` where that is a link."""
    for root in (folder, *(place for place in own_places(folder) if place.is_symlink())):
        for path in root.rglob("*"):
            if not is_hidden(path.relative_to(root)):
                yield path


def own_places(folder: Path) -> tuple[Path, ...]:
    return folder / LOCAL, folder / "terms" / LOCAL


def is_in(path: Path, places: tuple[Path, ...]) -> bool:
    return any(path == place or place in path.parents for place in places)


def leads_out(path: Path, folder: Path) -> bool:
    """Whether a link ends outside the folder. One in a circle ends where it begins."""
    if not path.is_symlink():
        return False
    end, home = os.path.realpath(path), os.path.realpath(folder)
    return os.path.commonpath((end, home)) != home


def is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def is_yaml(file: Path) -> bool:
    return file.suffix.lower() in (".yaml", ".yml")
