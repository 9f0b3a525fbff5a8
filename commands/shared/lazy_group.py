"""A click group whose commands are imported when they are run: Prefect alone takes seconds."""

import importlib
from collections.abc import Mapping

import click

CommandPlace = tuple[str, str, str]  # module, the command's name in it, what the help says of it


class LazyGroup(click.Group):
    """Lists commands in the order of `parts`; subclasses name them."""

    parts: Mapping[str, CommandPlace] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.parts)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.parts:
            return None
        module, attribute, _ = self.parts[name]
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in self.parts.items()])
