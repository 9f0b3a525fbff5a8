"""Shortcuts through justext, which trafilatura asks on one page in fifteen; they change no text."""

import importlib
import pkgutil
from functools import cached_property
from importlib.metadata import version
from typing import Any

from justext.utils import get_stoplists

CHECKED_JUSTEXT = "3.0.2"
justext_core: Any = importlib.import_module("justext.core")
external: Any = importlib.import_module("trafilatura.external")


class PathWithoutXPath(justext_core.PathInfo):  # type: ignore[misc]
    """Where justext stands, without the XPath, which nobody here asks for."""

    xpath = ""

    def append(self, tag_name: str) -> "PathWithoutXPath":
        self._elements.append((tag_name,))
        return self


class ReadParagraph(justext_core.Paragraph):  # type: ignore[misc]
    """A paragraph of justext, whose words are counted once all of them are there."""

    @cached_property
    def text(self) -> str:
        text: str = super().text
        return text

    @cached_property
    def words_count(self) -> int:
        return len(self.text.split())


def all_stoplists() -> frozenset[str]:
    """As trafilatura's, of which justext asks only whether a word is in it: each file is lower-cased
    at once, where justext does it word by word and then again, which takes a third of a second."""
    files = (pkgutil.get_data("justext", f"stoplists/{name}.txt") for name in get_stoplists())
    stop_words = frozenset().union(*(file.decode().lower().splitlines() for file in files if file))
    external.JT_STOPLIST = stop_words
    return stop_words


def define_stoplist(stoplist: frozenset[str]) -> frozenset[str]:
    """What is handed over here is lower-cased already; justext hashes it for each page, to find what
    it made of it before."""
    return stoplist


def install_justext_speedups() -> None:
    """Put the shortcuts in place, for this process."""
    if version("justext") != CHECKED_JUSTEXT:
        return
    justext_core.PathInfo, justext_core.Paragraph = PathWithoutXPath, ReadParagraph
    justext_core.define_stoplist, external.jt_stoplist_init = define_stoplist, all_stoplists
