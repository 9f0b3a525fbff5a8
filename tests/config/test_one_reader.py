"""feeds.yaml, rules, word lists, alerts.yaml and the team file are read alike: each fault has its place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from alerts.alerts_yaml.load import load_alerts
from extractors.feed_list.load import load_feeds
from matchers.rules.load import load_rules
from review.auth.team_file import load_team

SECRET = "s" * 32
READERS: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "feeds.yaml": (load_feeds, "settings:\n  obey_robot: true\nfeeds: []\n", "obey_robots"),
    "rules.yaml": (load_rules, "- id: a\n  severty: high\n", "severity"),
    "alerts.yaml": (load_alerts, "settings:\n  timezon: UTC\n", "timezone"),
    "team.yaml": (load_team, f"people:\n- pasword: x\n  id: ann\nsecret: {SECRET}\n", "password"),
}


def faults(load: Callable[[Path], object], path: Path) -> list[str]:
    with pytest.raises(ExceptionGroup) as caught:
        load(path)
    return [str(fault).replace(str(path), path.name) for fault in caught.value.exceptions]


@pytest.mark.parametrize("name", READERS)
def test_a_key_with_a_typo_is_shown_with_line_column_and_what_was_meant(
    tmp_path: Path, name: str
) -> None:
    load, text, meant = READERS[name]
    path = tmp_path / name
    path.write_text(text)

    (sentence, *_) = (fault for fault in faults(load, path) if "unknown key" in fault)

    assert sentence.startswith(f"{name}:2:3: unknown key ")
    assert sentence.endswith(f'hint: did you mean "{meant}"?')


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"a: b: c", ":1:5: not valid YAML"),
        (b"a: \xff", ":1:4: not UTF-8 text"),
        (b"a: \x01", ":1:4: the control character U+0001 cannot stand in YAML"),
        (b"[" * 30_000, ": nested too deep"),
        (b"a: 1\na: 1\n", ' "a"'),
    ],
    ids=["broken", "latin-1", "control", "deep", "unknown"],
)
def test_what_is_no_yaml_of_ours_is_refused_with_its_place(
    tmp_path: Path, name: str, data: bytes, why: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)

    assert why in "\n".join(faults(READERS[name][0], path))


@pytest.mark.parametrize("name", READERS)
def test_a_folder_or_nothing_in_its_place_is_said(tmp_path: Path, name: str) -> None:
    (nothing,) = faults(READERS[name][0], tmp_path / name)

    assert nothing.startswith(f"{name}: ")
    assert ("there is no such file" if name == "rules.yaml" else "does not exist") in nothing


def test_each_fault_of_a_team_file_names_line_and_field_and_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "team.yaml"
    path.write_text(
        "secret: hunter2\n"
        "session_hours: 900\n"
        "people:\n"
        "  - id: ann\n"
        "    role: leader\n"
        "  - id: bob\n"
        "    role: lead\n"
        "    password: hunter3\n"
    )

    listed = faults(load_team, path)

    assert [fault.split(": ")[:2] for fault in listed] == [
        ["team.yaml:1:9", "secret"],
        ["team.yaml:2:16", "session_hours"],
        ["team.yaml:5:11", "role"],
        ["team.yaml:8:15", "password"],
    ]
    assert 'did you mean "lead"?' in listed[2]
    assert "hunter" not in "".join(listed)
