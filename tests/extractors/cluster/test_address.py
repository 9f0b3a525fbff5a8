"""What may be written as a cluster, and what is refused with a way out."""

from pathlib import Path

import pytest

from extractors.cluster.address import check_cluster, local_processes
from extractors.feed_list.load import load_feeds


@pytest.mark.parametrize(
    "text",
    [
        "tls://reader.example.org:8786",
        "tls://[2001:db8::1]:8786",
        "tcp://127.0.0.1:8786",
        "tcp://127.9.9.9:8786",
        "tcp://[::1]:8786",
        "tcp://localhost:8786",
        "local[1]",
        "local[64]",
    ],
)
def test_a_scheduler_or_a_number_of_local_processes_is_a_cluster(text: str) -> None:
    assert check_cluster(text) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("tcp://10.0.0.5:8786", "must be tls:// beyond this machine"),
        ("tcp://reader.example.org:8786", "must be tls:// beyond this machine"),
        ("tcp://localhost.example.org:8786", "must be tls:// beyond this machine"),
        ("tls://reader.example.org", "must be tls://host:8786"),
        ("tls://reader.example.org:99999", "must be tls://host:8786"),
        ("http://127.0.0.1:8786", "must be tls://host:8786"),
        ("reader:8786", "must be tls://host:8786"),
        ("local[0]", "1 to 64"),
        ("local[65]", "1 to 64"),
        ("local", "must be tls://host:8786"),
        ("", "must be tls://host:8786"),
    ],
)
def test_anything_else_is_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"must be|local") as refused:
        check_cluster(text)
    assert why in str(refused.value)


def test_feeds_yaml_names_the_line_of_a_cluster_that_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "feeds.yaml"
    file.write_text("settings:\n  cluster: tcp://10.0.0.5:8786\n  cluster_lost: wait\nfeeds:\n")
    with pytest.raises(ExceptionGroup) as faults:
        load_feeds(file)
    first, second = faults.value.exceptions
    assert str(first).startswith(f"{file}:2:12: cluster: must be tls:// beyond this machine")
    assert str(second).startswith(f"{file}:3:17: cluster_lost: ")

    file.write_text("settings:\n  cluster: local[3]\n  cluster_lost: local\nfeeds:\n")
    settings = load_feeds(file).settings
    assert (settings.cluster, settings.cluster_lost) == ("local[3]", "local")


def test_only_local_starts_processes() -> None:
    assert local_processes("local[12]") == 12
    assert local_processes("tcp://127.0.0.1:8786") == 0
