"""Times as the database writes them: ISO 8601, UTC, milliseconds, Z."""

from datetime import UTC, datetime


def iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}Z"


def iso_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


def parse(text: str) -> datetime:
    return datetime.fromisoformat(text)


def parse_or_none(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def day(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d")
