"""`pollwatch feeds`: what is read, and tools for those who look after it."""

import click

from commands.shared.lazy_group import LazyGroup

FEEDS_COMMANDS = {
    "list": ("commands.feeds.list", "list_feeds", "Show the feeds of feeds.yaml."),
    "add": ("commands.feeds.add", "add_feed", "Add a feed, or that of a site, to feeds.yaml."),
    "remove": ("commands.feeds.list", "remove", "Take a feed out of feeds.yaml."),
    "import": ("commands.feeds.opml", "import_opml", "Add the feeds of an OPML file."),
    "export": ("commands.feeds.opml", "export_opml", "Write all feeds as OPML."),
    "parse": (
        "commands.feeds.parse",
        "parse_document",
        "Show what Pollwatch reads in a feed document.",
    ),
    "discover": ("commands.feeds.discover", "discover_feeds", "Find the feeds of a site."),
    "check": (
        "commands.feeds.discover",
        "check_feeds",
        "Poll feeds once and show how they answer.",
    ),
    "health": ("commands.feeds.health", "health", "Show how each feed did lately."),
    "moved": ("commands.feeds.health", "moved", "List feeds whose servers name a new address."),
}


class FeedCommands(LazyGroup):
    parts = FEEDS_COMMANDS


@click.group(cls=FeedCommands, epilog="Example: ./pollwatch feeds list")
def command() -> None:
    """List, add, remove, import, export, parse and check feeds."""
