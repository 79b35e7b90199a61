"""Says of each case of a module of views and serializers whether using it fails.

`python -m tests.claims.failing MODULE.py` prints JSON: for each `case_` function the type of what it raises.
"""

import json
import sys

from tests.claims.queries import prepared
from tests.claims.serializing import APPS


def main(path: str) -> None:
    module = prepared(path, APPS)
    print(json.dumps({n: raised(f) for n, f in vars(module).items() if n.startswith("case_")}))


def raised(function: object) -> str:
    assert callable(function)
    try:
        function()
    except Exception as error:  # noqa: BLE001
        return type(error).__name__
    return ""


if __name__ == "__main__":
    main(sys.argv[1])
