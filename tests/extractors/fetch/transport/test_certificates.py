from pathlib import Path

import certifi
import pytest

from extractors.fetch.transport import certificates
from extractors.fetch.transport.certificates import trusted_roots


def test_the_file_that_the_environment_names_is_taken_as_it_is() -> None:
    assert trusted_roots({"SSL_CERT_FILE": "/srv/office-roots.pem"}) == "/srv/office-roots.pem"


def test_without_one_the_systems_is_taken_and_else_certifis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, empty = tmp_path / "own.pem", tmp_path / "empty.pem"
    own.write_text("a certificate")
    empty.touch()

    monkeypatch.setattr(
        certificates, "_SYSTEM_FILES", (str(tmp_path / "none.pem"), str(empty), str(own))
    )
    assert trusted_roots({}) == str(own)

    monkeypatch.setattr(certificates, "_SYSTEM_FILES", (str(empty),))
    assert trusted_roots({"SSL_CERT_FILE": ""}) == certifi.where()
