"""What a notification block of Prefect speaks to, as a channel of alerts.yaml."""

import apprise
import pytest
from prefect.blocks.notifications import MattermostWebhook, SlackWebhook
from pydantic import SecretStr

from alerts.channels.apprise_url import service
from flows.orchestration.feed_secrets import url_with_credentials

pytestmark = (
    pytest.mark.slow
)  # importing Prefect's blocks takes seconds, in each process of the tests
TOKEN = "a" * 26


def slack(host: str) -> SlackWebhook:
    return SlackWebhook(url=SecretStr(f"https://{host}/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazk"))


@pytest.mark.parametrize("host", ["hooks.slack.com", "hooks.slack-gov.com"])
def test_a_slack_block_keeps_its_server_and_its_tokens(host: str) -> None:
    block = slack(host)
    notifier = service(url_with_credentials(block, block._apprise_client[0]))

    assert isinstance(notifier, apprise.NotifyBase)
    assert notifier.webhook_url == f"https://{host}/services"  # type: ignore[attr-defined]
    assert (notifier.token_a, notifier.token_b, notifier.token_c) == (  # type: ignore[attr-defined]
        "T1JJ3T3L2", "A1BRTD4JD", "TIiajkdnlazk",
    )  # fmt: skip


@pytest.mark.parametrize("path", [None, "sub", "/sub/deep"])
@pytest.mark.parametrize("port", [80, 443, 8065])
@pytest.mark.parametrize("secure", [True, False])
def test_a_mattermost_block_keeps_its_path_port_name_and_channels(
    path: str | None, port: int, secure: bool
) -> None:
    block = MattermostWebhook(
        hostname="chat.example.org", token=SecretStr(TOKEN), botname="desk", channels=["night", "day"],
        path=path, port=port, secure=secure, include_image=True,
    )  # fmt: skip
    notifier = service(url_with_credentials(block, block._apprise_client[0]))

    assert isinstance(notifier, apprise.NotifyBase)
    expected_path = f"/{path.strip('/')}" if path else ""
    assert (notifier.fullpath.rstrip("/"), notifier.token, notifier.user) == (
        expected_path,
        TOKEN,
        "desk",
    )
    assert (notifier.port or (443 if secure else 80), notifier.secure) == (port, secure)
    assert (notifier.host, notifier.include_image) == ("chat.example.org", True)  # type: ignore[attr-defined]
    assert sorted(notifier.targets) == [("#", "day"), ("#", "night")]  # type: ignore[attr-defined]
