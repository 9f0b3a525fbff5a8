"""alerts.yaml: every fault with its place and a way out; examples of the documentation load."""

from pathlib import Path

import pytest

from alerts.alerts_yaml.load import load_alerts
from model import ConfigError
from tests.alerts.making import DESK, config


def faults(text: str, folder: Path) -> list[str]:
    with pytest.raises(ExceptionGroup) as caught:
        config(text, folder)
    assert all(isinstance(fault, ConfigError) for fault in caught.value.exceptions)
    return [str(fault).replace(f"{folder}/", "") for fault in caught.value.exceptions]


def test_all_faults_are_told_at_once_with_line_column_and_a_way_out(tmp_path: Path) -> None:
    messages = faults(
        """\
settings: {timezone: Phoenix}
channels:
  - id: desk
    apprise: mailto://ann:hunter2@example.org
  - id: soc
    webhook: https://soc.example.org/hook
    key: env:SOC_KEY
    falback: desk
routes:
  - id: grave
    channels: [deks]
    severty: high
  - id: grave
    channels: soc
    kinds: [story-nw]
    quiet: {hours: "22:00-06:00", unless: hihg}
""",
        tmp_path,
    )
    assert messages == [
        'alerts.yaml:1:22: timezone: "Phoenix" is not a time zone\n    hint: did you mean "America/Phoenix"?',
        "alerts.yaml:4:14: apprise: must be env:NAME, secret:block or block:type/name\n"
        "    hint: put the Apprise URL in an environment variable, as it holds a password",
        'alerts.yaml:8:5: unknown key "falback"\n    hint: did you mean "fallback"?',
        'alerts.yaml:11:16: there is no channel "deks"\n    hint: did you mean "desk"?',
        'alerts.yaml:12:5: unknown key "severty"\n    hint: did you mean "severity"?',
        'alerts.yaml:13:9: id: "grave" stands in line 10 too\n    hint: give one another id',
        'alerts.yaml:15:12: kinds: "story-nw" is not a kind of event\n    hint: did you mean "story-new"?',
        'alerts.yaml:16:43: unless: "hihg" is not a severity\n    hint: did you mean "high"?',
    ]
    assert not any("hunter2" in line for line in messages)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "is empty"),
        ("channels: []\nroutes: []\n", "channels: must be a list"),
        ("channels:\n  - id: a\nroutes: []\n", "either `apprise:` or `webhook:`"),
        ("channels:\n  - id: a\n    webhook: https://x.org/h\n", "key: is missing"),
        ("channels:\n  - id: a\n    webhook: http://x.org/h\n    key: env:K\n", "must be https"),
        (f"{DESK}routes:\n  - id: a\n", "channels: is missing"),
        (f"{DESK}routes:\n  - {{id: a, channels: desk, hours: 7 to 9}}\n", "not a span of hours"),
        (f"{DESK}routes:\n  - {{id: a, channels: desk, budget: 1}}\n", "from 2 to 10000"),
        (f"{DESK}    fallback: desk\nroutes: []\n", 'leads back to "desk"'),
        (f"{DESK}routes:\n  - {{id: a, channels: desk, relevance: 90}}\n", "from 0 to 1"),
        (f"{DESK}routes:\n  - {{id: a, channels: desk, days: [mn]}}\n", 'did you mean "mon"?'),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, expected: str, tmp_path: Path) -> None:
    assert expected in "\n".join(faults(text, tmp_path))


def test_a_missing_file_is_one_fault_and_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(ExceptionGroup):
        load_alerts(tmp_path / "none.yaml")


def test_a_route_without_choices_takes_everything(tmp_path: Path) -> None:
    settings = config(f"{DESK}routes:\n  - {{id: all, channels: [desk]}}\n", tmp_path)
    assert settings.routes[0].channels == ("desk",)
    assert settings.routes[0].kinds == ()
    assert settings.channels[0].budget == 30
