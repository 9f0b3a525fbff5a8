"""What alerts.yaml says, as plain values."""

from dataclasses import dataclass

from alerts.alerts_yaml.hours import Hours
from model import Severity

DEFAULT_BUDGET = 30  # messages an hour and channel


@dataclass(frozen=True, slots=True)
class Channel:
    """Where messages go. One of `apprise` and `webhook`; both name where the address is kept."""

    id: str
    apprise: str | None = None  # env:NAME, secret:block or block:type/name, holding an Apprise URL
    webhook: str | None = None  # an https address, or env:NAME or secret:block holding one
    key: str | None = None  # env:NAME or secret:block: signs the webhook's requests
    person: str | None = None  # reviewer's id: stories assigned to them come here
    budget: int = DEFAULT_BUDGET
    per_minute: int = 60
    fallback: str | None = None  # channel that speaks when this one cannot


@dataclass(frozen=True, slots=True)
class Route:
    """Which events go to which channels. An empty choice chooses everything."""

    id: str
    channels: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    severity: Severity | None = None  # this grave or more severe
    relevance: float | None = None  # at least; stories that nobody scored pass
    categories: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    places: tuple[str, ...] = ()  # US takes in US-AZ
    languages: tuple[str, ...] = ()  # en takes in en-GB
    hours: Hours | None = None
    quiet: Hours | None = None
    quiet_unless: Severity | None = None  # this grave or more severe is sent in quiet hours too
    budget: int | None = None


@dataclass(frozen=True, slots=True)
class AlertConfig:
    """alerts.yaml, whole. `url` is the address of the review server, for links."""

    path: str
    channels: tuple[Channel, ...]
    routes: tuple[Route, ...]
    url: str | None = None
    ping_url: str | None = None
    run_every_minutes: int = 15

    def channel(self, name: str) -> Channel | None:
        return next((channel for channel in self.channels if channel.id == name), None)
