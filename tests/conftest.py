"""Programs that tests start can import the tests, as the tests themselves can.

`./pollwatch test` keeps the current directory out of every path (PYTHONSAFEPATH), for children too.
"""

import os
from pathlib import Path

os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])


def pytest_make_parametrize_id(config: object, val: object, argname: str) -> str | None:
    """Packed bytes hold the second they were packed in: as a name they differ from run to run."""
    if isinstance(val, bytes) and not (val.isascii() and val.decode("ascii").isprintable()):
        return argname
    return None
