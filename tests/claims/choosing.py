"""Counts the queries of each page of the admin with an inline, with few rows to choose from and with more.

`python -m tests.claims.choosing MODULE.py` prints JSON: for each class whether it grows with those rows.
"""

import sys

from tests.claims.administering import add_choices, main

if __name__ == "__main__":
    main(sys.argv[1], add_choices)
