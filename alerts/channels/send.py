"""One message to one channel, whatever its kind."""

from datetime import datetime

from alerts.alerts_yaml.config import Channel
from alerts.channels import webhook
from alerts.channels.result import SendResult
from alerts.channels.secrets import Resolve
from alerts.message import Message


def send_to_channel(
    channel: Channel, message: Message, resolve: Resolve, now: datetime
) -> SendResult:
    """May take as long as the channel's own timeouts; raises nothing that a network can cause."""
    try:
        if channel.apprise is not None:
            from alerts.channels import apprise_url  # a second to import, for those who use it

            return apprise_url.send_by_apprise(resolve(channel.apprise), message)
        address = channel.webhook or ""
        url = address if address.startswith("http") else resolve(address)
        return webhook.post_webhook(url, resolve(channel.key or ""), message, now)
    except LookupError as missing:
        return SendResult(False, str(missing.args[0]))
