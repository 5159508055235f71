"""`./run explore [minutes]`: searches at random for an example that breaks a property, for developers.

The suite tries the same examples each time (conftest.py), so that a run never fails by chance. Whoever has a moment
looks further here: all property tests, thousands of new examples each, round after round until the minutes are over
or something breaks. What broke is kept in .hypothesis and tried first in the next round; mend it and pin it as a test.
What follows the minutes goes to pytest: ./run explore 30 tests/test_draft.py
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time

EXAMPLES = 500  # of each test in one round


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("minutes", type=float, nargs="?", default=10.0)
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="of each test in one round")
    chosen, rest = parser.parse_known_args()
    command = [sys.executable, "-m", "pytest", "-m", "hypothesis", "-p", "no:cacheprovider", *rest]
    environment = {**os.environ, "EXPLORE": str(chosen.examples)}
    until = time.monotonic() + chosen.minutes * 60
    while True:
        failed = subprocess.run(command, env=environment, check=False).returncode
        if failed or time.monotonic() > until:
            return failed


if __name__ == "__main__":
    sys.exit(main())
