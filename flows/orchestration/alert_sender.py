"""The alert sender with secrets from the environment and from Prefect's blocks."""

from alerts.sender import Sender
from flows.orchestration.feed_secrets import alert_secret
from flows.pipeline.inputs.options import Options


def sender_for(options: Options) -> Sender | None:
    """None where there is no alerts.yaml: nothing is sent, and events wait for one."""
    if not options.alerts.exists():
        return None
    return Sender(options.db, options.alerts, resolve=alert_secret)
