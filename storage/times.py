"""Times as the database writes them: ISO 8601, UTC, milliseconds, Z."""

from datetime import UTC, datetime, timedelta


def iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}Z"


def iso_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


def parse_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def parse_or_none(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def day(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d")


def span(length: timedelta) -> str:
    """A length of time as people say it: 40 s, 12 min, 3 h, 5 days."""
    if length < timedelta(minutes=2):
        return f"{length / timedelta(seconds=1):.0f} s"
    if length < timedelta(hours=2):
        return f"{length // timedelta(minutes=1)} min"
    return (
        f"{length // timedelta(hours=1)} h" if length < timedelta(days=3) else f"{length.days} days"
    )


def ago(when: datetime | None, now: datetime) -> str:
    """Such as "3 h ago"; "never" for None; "in 5 min" for what is still to come."""
    if when is None:
        return "never"
    if timedelta(0) <= now - when < timedelta(minutes=1):
        return "just now"
    return f"{span(now - when)} ago" if when <= now else f"in {span(when - now)}"
