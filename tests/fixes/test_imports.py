"""Imports that fixes ask for land where isort puts them, and useless ones go."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from pybackend.environment import Environment
from pybackend.fixes.imports import import_edits, local_name, reference
from pybackend.project.files import ProjectFile
from pybackend.project.project import Project
from pybackend.text.edits import apply


class Case(NamedTuple):
    """A file before and after; `after` is None where the fix must be declined."""

    title: str
    before: str
    after: str | None
    names: tuple[str, ...] = ("asyncio",)
    unused: tuple[str, ...] = ()
    is_sorted: bool = True
    """Whether `ruff check --select I` agrees with the result."""
    definitions: tuple[str, ...] = ()


def opened(text: str, path: str = "app/service.py") -> ProjectFile:
    root = Path("/project")
    return ProjectFile(path, text, Project(root, Environment(root), (3, 11)))


def changed(case: Case, path: str = "app/service.py") -> str | None:
    file = opened(case.before, path)
    lines = file.source.document.lines
    edits = import_edits(file.module, lines, case.names, case.unused, definitions=case.definitions)
    return None if edits is None else apply(case.before, edits)


BODY = "\n\ndef run():\n    pass\n"
ADDED = [
    Case("empty file", "", "import asyncio\n"),
    Case("only a function", "def run():\n    pass\n", "import asyncio" + "\n" + BODY),
    Case("only an assignment", "x = 1\n", "import asyncio\n\nx = 1\n"),
    Case("docstring", '"""Text."""\n' + BODY, '"""Text."""\n\nimport asyncio\n' + BODY),
    Case("docstring at the end", '"""Text."""', '"""Text."""\n\nimport asyncio'),
    Case("docstring, then code", '"""Text."""\nx = 1\n', '"""Text."""\n\nimport asyncio\n\nx = 1\n'),
    Case("shebang", "#!/usr/bin/env python\nx = 1\n", "#!/usr/bin/env python\n\nimport asyncio\n\nx = 1\n"),
    Case(
        "license, then code",
        "# Copyright Someone\n# All rights kept\n\nx = 1\n",
        "# Copyright Someone\n# All rights kept\n\nimport asyncio\n\nx = 1\n",
    ),
    Case("comment of the code", "# Why\nx = 1\n", "import asyncio\n\n# Why\nx = 1\n"),
    Case("decorated", "@cache\ndef run():\n    pass\n", "import asyncio\n\n\n@cache\ndef run():\n    pass\n"),
    Case("only comments", "# Nothing\n", "# Nothing\n\nimport asyncio\n"),
    Case(
        "future only",
        "from __future__ import annotations\n" + BODY,
        "from __future__ import annotations\n\nimport asyncio\n" + BODY,
    ),
    Case(
        "between imports",
        "import argparse\nimport json\n" + BODY,
        "import argparse\nimport asyncio\nimport json\n" + BODY,
    ),
    Case("first", "import json\n", "import asyncio\nimport json\n"),
    Case("first below a heading", "# Standard\nimport json\n", "# Standard\nimport asyncio\nimport json\n"),
    Case("last", "import abc\n" + BODY, "import abc\nimport asyncio\n" + BODY),
    Case("last without an ending", "import abc", "import abc\nimport asyncio"),
    Case(
        "plain before from",
        "from abc import ABC\n",
        "import asyncio\nfrom abc import ABC\n",
    ),
    Case("case", "import Xlib\n", "import asyncio\n\nimport Xlib\n"),
    Case(
        "from last",
        "import json\nimport os\n\nimport django\n",
        "import json\nimport os\nfrom functools import partial\n\nimport django\n",
        ("functools.partial",),
    ),
    Case(
        "a new section in front",
        "import django\n" + BODY,
        "import asyncio\n\nimport django\n" + BODY,
    ),
    Case(
        "a new section in the middle",
        "import json\n\nfrom . import models\n",
        "import json\n\nimport httpx\n\nfrom . import models\n",
        ("httpx",),
    ),
    Case(
        "a new section in front of the project's own",
        "import json\n\nfrom app.models import Book\n",
        "import json\n\nimport httpx\n\nfrom app.models import Book\n",
        ("httpx",),
    ),
    Case(
        "a new section last",
        "import json\n" + BODY,
        "import json\n\nfrom django.conf import settings\n" + BODY,
        ("django.conf.settings",),
    ),
    Case(
        "sections without a blank line",
        "import json\nfrom . import models\n",
        "import json\n\nimport httpx\n\nfrom . import models\n",
        ("httpx",),
    ),
    Case(
        "several at once",
        "import json\n\nimport django\n" + BODY,
        "import asyncio\nimport json\nimport logging\nfrom functools import partial\n\n"
        "import django\nimport httpx\n" + BODY,
        ("logging", "asyncio", "httpx", "functools.partial"),
    ),
    Case(
        "several into an empty file",
        '"""Text."""\n',
        '"""Text."""\n\nimport asyncio\nfrom functools import partial\n\nimport httpx\n',
        ("httpx", "functools.partial", "asyncio"),
    ),
    Case(
        "comment above the next",
        "import abc\n# why\nimport json\n",
        "import abc\nimport asyncio\n# why\nimport json\n",
        is_sorted=False,
    ),
    Case(
        "below code that is not for imports",
        "import sys\n\nsys.path.insert(0, '.')\n\nimport django\n",
        "import asyncio\nimport sys\n\nsys.path.insert(0, '.')\n\nimport django\n",
    ),
    Case(
        "the stretch of its section",
        "import sys\n\nsys.path.insert(0, '.')\n\nimport django\n",
        "import sys\n\nsys.path.insert(0, '.')\n\nimport django\nimport httpx\n",
        ("httpx",),
    ),
    Case(
        "never inside a guard",
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import json\n",
        "import asyncio\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import json\n",
    ),
    Case(
        "imports only at the end",
        "def run():\n    pass\n\n\nfrom . import late\n",
        "import asyncio\n\n\ndef run():\n    pass\n\n\nfrom . import late\n",
    ),
    Case(
        "an order that mixes both kinds",
        "from abc import ABC\nimport json\nfrom os import path\nimport sys\n",
        "from abc import ABC\nimport asyncio\nimport json\nfrom os import path\nimport sys\n",
        is_sorted=False,
    ),
    Case(
        "carriage returns",
        "import json\r\nimport os\r\n",
        "import asyncio\r\nimport json\r\nimport os\r\n",
    ),
    Case(
        "numbers by value",
        "import mod2\nimport mod10\n",
        "import mod2\nimport mod3\nimport mod10\n",
        ("mod3",),
    ),
]
MERGED = [
    Case("one line", "from functools import cache, wraps\n", "from functools import cache, partial, wraps\n"),
    Case("in front", "from functools import wraps\n", "from functools import partial, wraps\n"),
    Case(
        "unsorted",
        "from functools import wraps, cache\n",
        "from functools import wraps, cache, partial\n",
        is_sorted=False,
    ),
    Case(
        "a comment behind",
        "from functools import cache  # why\n",
        "from functools import cache, partial  # why\n",
    ),
    Case(
        "too long",
        "from functools import " + ", ".join(f"name_number_{n}" for n in range(5)) + "\n",
        "from functools import (\n"
        + "".join(f"    name_number_{n},\n" for n in range(5))
        + "    partial,\n)\n",
    ),
    Case(
        "too long for its comment",
        "from functools import " + ", ".join(f"name_number_{n}" for n in range(4)) + "  # noqa: F401\n",
        "from functools import name_number_0, name_number_1, name_number_2, name_number_3  # noqa: F401\n"
        "from functools import partial\n",
        is_sorted=False,
    ),
    Case(
        "one per line",
        "from functools import (\n    cache,\n    wraps,\n)\n",
        "from functools import (\n    cache,\n    partial,\n    wraps,\n)\n",
    ),
    Case(
        "one per line without a last comma",
        "from functools import (\n    cache\n)\n",
        "from functools import (\n    cache,\n    partial,\n)\n",
    ),
    Case(
        "comments between",
        "from functools import (  # head\n    # above\n    cache,  # behind\n    wraps,\n    # foot\n)\n",
        "from functools import (  # head\n    # above\n    cache,  # behind\n    partial,\n"
        "    wraps,\n    # foot\n)\n",
    ),
    Case(
        "several names on a commented line",
        "from functools import (\n    cache, lru_cache,  # two\n    wraps,\n)\n",
        "from functools import (\n    cache, lru_cache,  # two\n    wraps,\n)\n"
        "from functools import partial\n",
        is_sorted=False,
    ),
    Case(
        "only aliases",
        "from functools import wraps as w\n",
        "from functools import partial\nfrom functools import wraps as w\n",
        is_sorted=False,
    ),
    Case(
        "a star",
        "from functools import *\n",
        "from functools import *\nfrom functools import partial\n",
        is_sorted=False,
    ),
    Case(
        "carriage returns",
        "from functools import (\r\n    wraps,\r\n)\r\n",
        "from functools import (\r\n    partial,\r\n    wraps,\r\n)\r\n",
    ),
]
MERGED = [case._replace(names=("functools.partial",), title=f"merged: {case.title}") for case in MERGED]
STATES = [
    Case("already there", "import asyncio\n", "import asyncio\n"),
    Case("in part", "import os.path\n", "import os.path\n", ("os",)),
    Case("under another name", "import asyncio as aio\n", "import asyncio\nimport asyncio as aio\n"),
    Case("a variable", "asyncio = None\n", None),
    Case("another module", "import trio as asyncio\n", None),
    Case("a function in a branch", "if True:\n    def asyncio():\n        pass\n", None),
    Case("a fallback", "try:\n    import asyncio\nexcept ImportError:\n    asyncio = None\n", None),
    Case(
        "tried",
        "try:\n    import asyncio\nexcept ImportError:\n    raise\n",
        "try:\n    import asyncio\nexcept ImportError:\n    raise\n",
    ),
    Case("in one branch only", "import sys\n\nif sys.platform:\n    import asyncio\n", None),
    Case(
        "for types only",
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import asyncio\n",
        "import asyncio\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import asyncio\n",
    ),
    Case(
        "in a function",
        "def run():\n    import asyncio\n",
        "import asyncio\n\n\ndef run():\n    import asyncio\n",
    ),
]
REMOVED = [
    Case("the only name", "import json\nimport os\n\nos.x\n", "import os\n\nos.x\n", unused=("json",)),
    Case("one of several", "from a import b, c, d\n\nb, d\n", "from a import b, d\n\nb, d\n", unused=("c",)),
    Case("the first", "from a import b, c\n\nc\n", "from a import c\n\nc\n", unused=("b",)),
    Case("all", "from a import b, c\n\nx = 1\n", "x = 1\n", unused=("b", "c")),
    Case("one of several modules", "import a, b\n\na\n", "import a\n\na\n", unused=("b",), is_sorted=False),
    Case("an alias", "import numpy as np\nimport x\n\nx\n", "import x\n\nx\n", unused=("np",)),
    Case(
        "one of many lines",
        "from a import (\n    b,  # b\n    # for c\n    c,  # c\n    d,\n)\n\nb, d\n",
        "from a import (\n    b,  # b\n    d,\n)\n\nb, d\n",
        unused=("c",),
    ),
    Case("a section", "import os\n\nimport x\n\nos.x\n", "import os\n\nos.x\n", unused=("x",)),
    Case(
        "in front of a function",
        '"""Text."""\n\nimport json\n' + BODY,
        '"""Text."""\n' + BODY,
        unused=("json",),
    ),
    Case("two sections", "import os\n\nimport x\n" + BODY, BODY.lstrip(), unused=("x", "os")),
    Case("two apart", "import a\nimport b\n\nimport c\n\nb\n", "import b\n\nb\n", unused=("a", "c")),
    Case("still read", "import json\n\njson.x\n", "import json\n\njson.x\n", unused=("json",)),
    Case(
        "still read in a quoted annotation",
        "from a import B\n\n\ndef run(b: 'list[B]'):\n    pass\n",
        "from a import B\n\n\ndef run(b: 'list[B]'):\n    pass\n",
        unused=("B",),
    ),
    Case(
        "exported",
        "from a import B\n\n__all__ = ['B']\n",
        "from a import B\n\n__all__ = ['B']\n",
        unused=("B",),
    ),
    Case("exported by its alias", "from a import B as B\n", "from a import B as B\n", unused=("B",)),
    Case(
        "kept on purpose", "from a import B  # noqa: F401\n", "from a import B  # noqa: F401\n", unused=("B",)
    ),
    Case(
        "read by a pattern",
        "from a import B\n\nmatch 1:\n    case B():\n        pass\n",
        "from a import B\n\nmatch 1:\n    case B():\n        pass\n",
        unused=("B",),
    ),
    Case(
        "in a guard",
        "try:\n    import json\nexcept ImportError:\n    pass\n",
        "try:\n    import json\nexcept ImportError:\n    pass\n",
        unused=("json",),
    ),
]
REMOVED = [case._replace(names=(), title=f"removed: {case.title}") for case in REMOVED]
EXCHANGED = [
    Case(
        "exchanged: in one statement",
        "from pydantic import BaseModel, validator\n\nBaseModel\n",
        "from pydantic import BaseModel, field_validator\n\nBaseModel\n",
        ("pydantic.field_validator",),
        ("validator",),
    ),
    Case(
        "exchanged: a whole statement",
        "import abc\nimport time\n\nabc\n",
        "import abc\nimport asyncio\n\nabc\n",
        ("asyncio",),
        ("time",),
    ),
    Case(
        "exchanged: the only import",
        "import time\n" + BODY,
        "import asyncio\n" + BODY,
        ("asyncio",),
        ("time",),
    ),
]
LOGGER = "logger = get()"
DEFINED = [
    Case("an empty file", "", "import asyncio\n\nlogger = get()\n"),
    Case("without imports", "def run():\n    pass\n", "import asyncio\n\nlogger = get()\n" + BODY),
    Case("a docstring", '"""Text."""\n' + BODY, '"""Text."""\n\nimport asyncio\n\nlogger = get()\n' + BODY),
    Case("behind imports", "import json\n" + BODY, "import asyncio\nimport json\n\nlogger = get()\n" + BODY),
    Case(
        "behind a new import",
        "import abc\n\nx = 1\n",
        "import abc\nimport asyncio\n\nlogger = get()\n\nx = 1\n",
    ),
    Case("at the end", "import abc", "import abc\nimport asyncio\n\nlogger = get()"),
    Case(
        "behind conditional imports",
        "import abc\n\ntry:\n    import x\nexcept ImportError:\n    x = None\n\n"
        "if abc:\n    import y\nz = 1\n",
        "import abc\nimport asyncio\n\ntry:\n    import x\nexcept ImportError:\n    x = None\n\n"
        "if abc:\n    import y\n\nlogger = get()\n\nz = 1\n",
    ),
    Case("alone", "import abc\n\nx = 1\n", "import abc\n\nlogger = get()\n\nx = 1\n", ()),
]
DEFINED = [case._replace(definitions=(LOGGER,), title=f"defined: {case.title}") for case in DEFINED]
CASES = [*ADDED, *MERGED, *STATES, *REMOVED, *EXCHANGED, *DEFINED]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title.replace(" ", "-"))
def test_imports(case: Case) -> None:
    assert changed(case) == case.after


def test_isort_of_ruff_agrees(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "models.py").touch()
    for number, case in enumerate(CASES):
        if case.is_sorted and case.after:
            (tmp_path / f"case_{number}.py").write_text(case.after, "utf-8", newline="")
    options = ["--isolated", "--select", "I", "--no-cache", "--config", f"src=['{tmp_path.as_posix()}']"]
    command = [sys.executable, "-m", "ruff", "check", *options, "."]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stdout


def test_packages_keep_their_imports() -> None:
    case = Case("", "from a import b\n", "from a import b\n", (), ("b",))
    assert changed(case, "app/__init__.py") == case.after


def test_use_in_the_fixed_unit_does_not_count() -> None:
    file = opened("import time\n\ntime.sleep(1)\n")
    lines, unit = file.source.document.lines, file.source.units[1]
    assert import_edits(file.module, lines, (), ("time",)) == []
    edits = import_edits(file.module, lines, (), ("time",), unit)
    assert edits is not None
    assert apply(file.source.document.text, edits) == "time.sleep(1)\n"


def test_a_definition_comes_too_late_for_code_in_front_of_it() -> None:
    file = opened("import sys\n\nsys.exit()\n\nimport os\n")
    lines, unit = file.source.document.lines, file.source.units[1]
    assert import_edits(file.module, lines, (), (), unit, (LOGGER,)) is None


def test_broken_imports_are_left_alone() -> None:
    file = opened("import json\n")
    file.edit((0, 11), (0, 11), " import")
    assert import_edits(file.module, file.source.document.lines, ("asyncio",)) is None


@pytest.mark.parametrize(
    ("text", "dotted", "code", "imports"),
    [
        ("", "asyncio.to_thread", "asyncio.to_thread", ("asyncio",)),
        ("import asyncio\n", "asyncio.to_thread", "asyncio.to_thread", ()),
        ("import asyncio as aio\n", "asyncio.to_thread", "aio.to_thread", ()),
        ("from asyncio import to_thread\n", "asyncio.to_thread", "to_thread", ()),
        ("from asyncio import to_thread as run\n", "asyncio.to_thread", "run", ()),
        ("from django import conf\n", "django.conf.settings", "conf.settings", ()),
        ("import django\n", "django.conf.settings", "django.conf.settings", ("django.conf",)),
        ("import os\n", "os.path.join", "os.path.join", ("os.path",)),
        ("import asyncio as aio\n", "asyncio", "aio", ()),
        ("if x:\n    import asyncio as aio\n", "asyncio", "asyncio", ("asyncio",)),
    ],
)
def test_names_through_known_imports(text: str, dotted: str, code: str, imports: tuple[str, ...]) -> None:
    module = opened(text).module
    assert reference(module, dotted) == (code, imports)
    assert local_name(module, dotted) == code
