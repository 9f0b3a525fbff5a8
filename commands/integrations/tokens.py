"""`pollwatch tokens`: who may ask from outside, and what."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from commands.shared import spans
from commands.shared.account import account_name
from commands.shared.faults import CommandFailed, faults_as_messages
from commands.shared.shared_options import db_option
from storage import tokens
from storage.outbox.outbox import Outbox


@click.group(epilog="Example: ./pollwatch tokens create soc --scope read:queue --lasts 90d")
def command() -> None:
    """Make, list and revoke bearer tokens for the API and for articles handed in."""


@command.command(
    epilog="""\b
Examples:
  ./pollwatch tokens create soc --scope read:queue --lasts 90d
  ./pollwatch tokens create scraper --scope push:articles      # hands articles in, and nothing else"""
)
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    help=f"One of {', '.join(tokens.TOKEN_SCOPES)}. Repeatable.",
)
@click.option("--actor", help="Reviewer whose name its acts carry; `NAME` if left out.")
@click.option(
    "--lasts",
    callback=spans.length,
    default="90d",
    show_default=True,
    help="How long it is valid: 12h, 90d.",
)
@db_option
def create(
    name: str, scopes: tuple[str, ...], actor: str | None, lasts: timedelta, db: Path
) -> None:
    """Create a token called NAME and print it, once. Only its hash is kept."""
    with faults_as_messages():
        outbox = Outbox.open(db)
        try:
            with outbox.transaction():
                token = tokens.create_token(
                    outbox.conn, name=name, actor=actor or name, scopes=scopes, lasts=lasts,
                    by=account_name(), now=datetime.now(UTC),
                )  # fmt: skip
        except ValueError as error:
            raise CommandFailed(str(error)) from None
        finally:
            outbox.close()
    click.echo(token)
    if sys.stdout.isatty():
        until = f"{datetime.now(UTC) + lasts:%Y-%m-%d}"
        click.echo(f"Valid until {until}. Keep it now: it is not shown again.", err=True)


@command.command("list", epilog="Example: ./pollwatch tokens list")
@db_option
def list_tokens(db: Path) -> None:
    """List all tokens: scopes, expiry, last use."""
    now = datetime.now(UTC)
    with faults_as_messages():
        outbox = Outbox.open(db)
        try:
            listed = tokens.tokens_listed(outbox.conn)
        finally:
            outbox.close()
    for token in listed:
        state = "valid" if token.stands(now) else "revoked" if token.revoked_at else "expired"
        last = f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never"
        click.echo(f"{token.id:>4}  {token.name:<20} {state:<8} until {token.expires_at:%Y-%m-%d}  used {last}  {' '.join(token.scopes)}")  # fmt: skip


@command.command(epilog="Example: ./pollwatch tokens revoke 3")
@click.argument("number", type=int)
@db_option
def revoke(number: int, db: Path) -> None:
    """Revoke the token NUMBER at once."""
    with faults_as_messages():
        outbox = Outbox.open(db)
        try:
            with outbox.transaction():
                ended = tokens.revoke_token(outbox.conn, number, account_name(), datetime.now(UTC))
        finally:
            outbox.close()
    click.echo(
        f"token {number} is revoked" if ended else f"no token {number} stands", err=not ended
    )
    sys.exit(0 if ended else 1)
