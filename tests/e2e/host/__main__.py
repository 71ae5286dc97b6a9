"""Run LocalStack as a plain process, with what it needs from outside replaced.

Run by `tests/e2e/cloud.py` in an environment of its own. Stock LocalStack starts functions in containers, downloads a
DynamoDB server, and stores schedules without ever firing them; `functions`, `tables` and `clock` stand in for these.
"""

import clock
import functions
import tables
from localstack.runtime.main import main

if __name__ == "__main__":
    for stand_in in (functions, tables, clock):
        stand_in.install()
    main()
