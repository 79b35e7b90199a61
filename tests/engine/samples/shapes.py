#!/usr/bin/env python
"""Every shape of unit: decorators, nested and conditional classes, clauses, continuation lines."""

from __future__ import annotations

import time; import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from a import b

    def typed() -> None: ...
elif os.name == "nt":
    class Windows:
        """Documented."""

        path = "\\"

        def open(self):
            try:
                return open(self.path)
            except:
                return None
else:
    # a comment
    class Posix(
        object,
    ):
        def open(self): return 1

        class Inner:
            deep = [
                1,
                2,
            ]

            @property
            def value(self):
                """Text
at the margin."""
                return "😋" + self.deep[0]

            async def wait(self): time.sleep(1)


try:
    import fast as json
except ImportError:
    def dumps(value):
        try:
            return str(value)
        except:
            pass
else:
    def loads(text): return text
finally:
    done = True

@ (
    print
)
def decorated(a, b=[], *, c: "int" = 1): \
    return a

with open("x") as handle:
    def inside():
        match handle:
            case {"a": [x, *rest]} if x:
                return rest
            case _:
                pass

for name in ("a", "b"):
    class Repeated: pass
else:
    text = """
class NotOne:
    def method(self):
"""

x = 1; y = 2; z = [n for n in range(3) if n]

class OneLine: a = 1
class Empty:
    """Only a docstring."""

class After:

    # leading comment
    field = 1  # pybackend: ignore[bare-except]

    def last(self):
        return lambda: (yield)
    # trailing comment

# the end
