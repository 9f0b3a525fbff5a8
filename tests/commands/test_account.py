"""Commands of an account that the system knows no name and no home of, as in containers."""

import getpass
import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from commands.shared.account import account_name
from flows.orchestration.server.configured import configured_api

ROOT = Path(__file__).parents[2]
NAMES = ("LOGNAME", "USER", "LNAME", "USERNAME", "HOME", "PREFECT_API_URL", "PREFECT_HOME")
# The highest numbers have no name on any common system.
NAMELESS = 4_200_000_000
ASK = f"""
import os
from commands.shared.account import account_name
from flows.orchestration.server.configured import configured_api
os.setuid({NAMELESS})
print(account_name(), configured_api())
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root may become another")
def test_an_account_without_a_name_has_a_number_and_no_prefect_profile() -> None:
    """`review` and `doctor` ended in tracebacks: KeyError of getpwuid, RuntimeError of expanduser."""
    with pytest.raises(KeyError):
        pwd.getpwuid(NAMELESS)
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env={name: text for name, text in os.environ.items() if name not in NAMES},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.stdout == f"uid-{NAMELESS} None\n", done.stderr


def test_an_account_with_a_name_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ada")
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:4200/api")

    assert account_name() == getpass.getuser() == "ada"
    assert configured_api() == "http://127.0.0.1:4200/api"
