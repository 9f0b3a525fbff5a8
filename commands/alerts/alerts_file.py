"""What the commands about alerts share: alerts.yaml read with its faults told, and its secrets."""

from pathlib import Path

from alerts.alerts_yaml.config import AlertConfig
from alerts.alerts_yaml.load import load_alerts
from alerts.channels.secrets import from_environment
from commands.shared.faults import CommandFailed


def loaded_alerts(path: Path) -> AlertConfig:
    if not path.exists():
        raise CommandFailed(f"there is no {path}; docs/alerts.md shows a whole file to begin with")
    return load_alerts(path)


def secret(name: str) -> str:
    """As `Resolve`. Prefect, which takes seconds to import, only for what it keeps."""
    if name.startswith("env:"):
        return from_environment(name)
    from flows.orchestration.feed_secrets import alert_secret

    return alert_secret(name)
