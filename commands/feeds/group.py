"""`pollwatch feeds`: what is read, and tools for those who look after it."""

import importlib

import click

PARTS = {
    "list": ("commands.feeds.list", "list_feeds", "Show the feeds of feeds.yaml."),
    "add": ("commands.feeds.list", "add", "Add a feed to feeds.yaml."),
    "remove": ("commands.feeds.list", "remove", "Take a feed out of feeds.yaml."),
    "import": ("commands.feeds.opml", "import_opml", "Add the feeds of an OPML file."),
    "export": ("commands.feeds.opml", "export_opml", "Write all feeds as OPML."),
    "parse": ("commands.feeds.parse", "parse", "Show what Pollwatch reads in a feed document."),
    "discover": ("commands.feeds.find", "discover_feeds", "Find the feeds of a site."),
    "check": ("commands.feeds.find", "check", "Ask feeds once and tell how they answer."),
    "health": ("commands.feeds.health", "health", "How each feed has done lately."),
    "moved": ("commands.feeds.health", "moved", "Feeds whose servers name a new address."),
}


class Parts(click.Group):
    """A group whose commands are imported when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(PARTS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in PARTS:
            return None
        module, attribute, _ = PARTS[name]
        found = getattr(importlib.import_module(module), attribute)
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in PARTS.items()])


@click.group(cls=Parts, epilog="Example: pollwatch feeds list")
def command() -> None:
    """List, add, remove, import, export, parse and check feeds."""
