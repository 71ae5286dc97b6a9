"""Run LocalStack as a plain process, with what it needs from outside replaced.

Run by `tests/e2e/cloud.py` in an environment of its own. Stock LocalStack starts functions in containers, downloads
servers for DynamoDB and Kinesis, stores schedules without ever firing them and reads policies by the letter;
`functions`, `stores`, `clock` and `rights` stand in for these.
"""

import clock
import functions
import rights
import stores
from localstack.runtime.main import main

if __name__ == "__main__":
    for stand_in in (functions, stores, clock, rights):
        stand_in.install()
    main()
