"""Programs that tests start can import the tests, as the tests themselves can.

`./pollwatch test` keeps the current directory out of every path (PYTHONSAFEPATH), for children too.
"""

import os
from pathlib import Path

os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])
