"""The nouns, in the order an article meets them. Frozen dataclasses; the standard library only."""

from model.article import Article, DateSource, Method, Unread, UrlAttempt
from model.entry import Entry, EntryText, ParsedFeed
from model.errors import ConfigError, QueryError
from model.feed import FeedList, FeedSpec, Settings
from model.fetch import HostState, Response, RobotsFile
from model.hit import EntryMatch, Evidence, Field, Hit
from model.outcome import Outcome
from model.poll import FeedCache, FeedHistory, FeedPoll, NextPoll, SitemapTurn
from model.reading import Publisher, Reading, ReadPage
from model.rule import SEVERITIES, Examples, Rule, Severity

__all__ = [
    "SEVERITIES",
    "Article",
    "ConfigError",
    "DateSource",
    "Entry",
    "EntryMatch",
    "EntryText",
    "Evidence",
    "Examples",
    "FeedCache",
    "FeedHistory",
    "FeedList",
    "FeedPoll",
    "FeedSpec",
    "Field",
    "Hit",
    "HostState",
    "Method",
    "NextPoll",
    "Outcome",
    "ParsedFeed",
    "Publisher",
    "QueryError",
    "ReadPage",
    "Reading",
    "Response",
    "RobotsFile",
    "Rule",
    "Settings",
    "Severity",
    "SitemapTurn",
    "Unread",
    "UrlAttempt",
]
