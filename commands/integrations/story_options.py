"""Options of the commands that list stories."""

import click

from storage.queries.stories.filter import TABS

EVERY_TAB = "all"
ANY_TAB = click.Choice((*TABS, EVERY_TAB))

tab_option = click.option(
    "--tab",
    type=ANY_TAB,
    default="new",
    show_default=True,
    help="Stories of this tab of the queue.",
)
stories_limit_option = click.option(
    "--limit",
    type=click.IntRange(1, 2000),
    default=25,
    show_default=True,
    help="Show at most this many stories.",
)
