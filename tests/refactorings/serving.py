"""Answers requests with the views of a module, in a Django of its own.

`python serving.py DIRECTORY NAME...` prints JSON: for each view its status and body, or the name of what it
raised, under an asynchronous client; the database has the same rows for each of them.
"""

import asyncio
import importlib
import json
import sys
from typing import Any


def main(directory: str, names: list[str]) -> None:
    sys.path.insert(0, directory)
    import django
    from django.conf import settings

    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{directory}/db.sqlite3"}
    templates = {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [directory]}
    settings.configure(
        ALLOWED_HOSTS=["testserver"],
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[f"django.contrib.{app}" for app in ("auth", "contenttypes", "sessions")] + ["shop"],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        ROOT_URLCONF="shop.urls",
        SECRET_KEY="only for tests",
        TEMPLATES=[templates],
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    print(json.dumps({name: answer(name) for name in names}))


def answer(name: str) -> Any:
    """What a view answers to somebody who is logged in, after everything was made anew."""
    from django.test import AsyncClient

    user = importlib.import_module("shop.rows").fill()
    client = AsyncClient(raise_request_exception=True)
    client.force_login(user)

    async def ask() -> Any:
        method = client.post if "post" in name else client.get
        return await method(f"/{name}/1/?q=a", {"title": "New"})

    try:
        response = asyncio.run(ask())
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what the view does
        return type(error).__name__, str(error)
    return response.status_code, response.content.decode()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
