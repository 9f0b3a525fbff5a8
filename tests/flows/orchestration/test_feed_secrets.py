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
    found = service(url_with_credentials(block, block._apprise_client[0]))

    assert isinstance(found, apprise.NotifyBase)
    assert found.webhook_url == f"https://{host}/services"  # type: ignore[attr-defined]
    assert (found.token_a, found.token_b, found.token_c) == (  # type: ignore[attr-defined]
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
    found = service(url_with_credentials(block, block._apprise_client[0]))

    assert isinstance(found, apprise.NotifyBase)
    wanted = f"/{path.strip('/')}" if path else ""
    assert (found.fullpath.rstrip("/"), found.token, found.user) == (wanted, TOKEN, "desk")
    assert (found.port or (443 if secure else 80), found.secure) == (port, secure)
    assert (found.host, found.include_image) == ("chat.example.org", True)  # type: ignore[attr-defined]
    assert sorted(found.targets) == [("#", "day"), ("#", "night")]  # type: ignore[attr-defined]
