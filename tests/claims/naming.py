"""Asks Django about names: `python naming.py MODULE.py` prints what each function raises."""

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import django
from django.apps import AppConfig
from django.conf import settings
from django.db import connection


def main(path: str) -> None:
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=["django.contrib.contenttypes"],
    )
    django.setup()
    module = load(Path(path))
    with connection.schema_editor() as editor:
        for model in django.apps.apps.get_models():
            if not model._meta.proxy:
                editor.create_model(model)
    module.rows()
    functions = {name: value for name, value in vars(module).items() if name.startswith("case_")}
    print(json.dumps({name: raised(function) for name, function in functions.items()}))


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("library.models", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["library"] = package = ModuleType("library")
    package.__file__ = str(path)
    config = AppConfig("library", package)
    config.apps = django.apps.apps
    django.apps.apps.app_configs["library"] = config
    config.models = django.apps.apps.all_models["library"]
    sys.modules["library.models"] = module
    spec.loader.exec_module(module)
    return module


def raised(function: Callable[[], object]) -> str:
    try:
        function()
    except Exception as problem:  # noqa: BLE001
        return f"{type(problem).__name__}: {problem}"
    return ""


if __name__ == "__main__":
    main(sys.argv[1])
