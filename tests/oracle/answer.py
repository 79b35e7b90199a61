"""What Django says: run by the Python of a project, one line of JSON for each line that comes in.

The first argument is the directory whose packages are imported before all others, the second the settings.
Each answer comes from a process of its own: apps are imported as they are then.
"""

import contextlib
import importlib
import io
import json
import os
import re
import sys
import traceback

_HEAD = re.compile(r"^Migrations for '(\w+)':$")
_OPERATION = re.compile(r"^    [-+~] (.*)$")


def answer(root: str, settings: dict[str, object]) -> dict[str, object]:
    """The paths of the apps below the directory, and the operations that would be written, by label."""
    import django
    from django.apps import apps
    from django.conf import settings as configured
    from django.core.management import call_command

    output = io.StringIO()
    defaults = importlib.import_module(str(settings.get("DEFAULTS_FROM", "django.conf.global_settings")))
    configured.configure(**{**{k: v for k, v in vars(defaults).items() if k.isupper()}, **settings})
    django.setup()
    code: object = 0
    with contextlib.redirect_stderr(output):
        try:
            call_command(
                "makemigrations",
                check_changes=True,
                dry_run=True,
                verbosity=3,
                interactive=False,
                stdout=output,
            )
        except SystemExit as ended:
            code = ended.code
    paths = {c.label: c.path[len(root) + 1 :] for c in apps.get_app_configs() if c.path.startswith(root)}
    return {
        "code": code,
        "paths": paths,
        "operations": operations(output.getvalue()),
        "text": output.getvalue(),
    }


def operations(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    label = ""
    for line in text.splitlines():
        head, operation = _HEAD.match(line), _OPERATION.match(line)
        if head is not None:
            label = head[1]
            found[label] = []
        elif operation is not None and label:
            found[label].append(operation[1])
    return found


def serve(root: str, settings: dict[str, object]) -> None:
    for _ in sys.stdin:
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.close(reading)
            try:
                told = answer(root, settings)
            except BaseException:  # noqa: BLE001
                told = {"code": -1, "paths": {}, "operations": {}, "text": traceback.format_exc()}
            with os.fdopen(writing, "w") as pipe:
                pipe.write(json.dumps(told))
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            line = pipe.read()
        os.wait()
        print(line, flush=True)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.path.insert(0, sys.argv[1])
    import django.contrib.auth.hashers
    import django.core.management.commands.makemigrations
    import django.db.models
    import django.forms
    import django.template
    import django.views.generic  # noqa: F401

    serve(sys.argv[1], json.loads(sys.argv[2]))
