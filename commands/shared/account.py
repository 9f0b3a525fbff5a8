"""Who types: the name of this account."""

import getpass
import os


def account_name() -> str:
    """From the environment or the system's list of users; of an account that has no name there, as in
    a container, `uid-1000`."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # of Python 3.12 and before; of 3.13 and later
        return f"uid-{os.getuid()}"
