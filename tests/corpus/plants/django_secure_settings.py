"""A site with the settings of a real one, whose settings of production leave out what keeps it to HTTPS."""

import re
from collections.abc import Iterator

from tests.corpus.settings import NEEDLES
from tests.corpus.source import Mutation, SourceFile

__all__ = ["NEEDLES", "plants"]
MARK = "  # planted"
SITE = "planted_site"
SHAPES = {
    "none": "",
    "cookies alone": "SESSION_COOKIE_SECURE = True\nCSRF_COOKIE_SECURE = True\n",
    "redirect alone": "SECURE_SSL_REDIRECT = True\n",
    "no session": "CSRF_COOKIE_SECURE = True\nSECURE_SSL_REDIRECT = True\nSECURE_HSTS_SECONDS = 3600\n",
    "no duration": "SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = True\n",
    "proxy": 'SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")\nCSRF_COOKIE_SECURE = True\n',
}
SECURE = re.compile(r"^(SESSION_COOKIE_SECURE|CSRF_COOKIE_SECURE|SECURE_\w+) = .*[^(\[{\n]$", re.MULTILINE)
LEFT = re.compile(r"^\s*(SESSION_COOKIE_SECURE|CSRF_COOKIE_SECURE|SECURE_\w+) =|\bexec\(", re.MULTILINE)
WHOLE = ("django.contrib.sessions.middleware", "django.middleware.csrf", "django.middleware.security")
LARGE = ("Django", "pretix", "nautobot")
"""Projects that take long to look at as a whole."""
SERVER = b"""\
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planted_site.settings")
application = get_wsgi_application()
"""


def plants(file: SourceFile) -> Iterator[Mutation]:
    text = SECURE.sub("", file.data.decode())
    if (
        file.project.name in LARGE
        or "\nINSTALLED_APPS" not in text
        or not all(word in text for word in WHOLE)
    ):
        return
    if LEFT.search(text):
        return
    for kind, lines in SHAPES.items():
        last = f'DEBUG = False{MARK}\nALLOWED_HOSTS = ["shop.example.com"]\n{lines}'
        base = (f"{SITE}/settings/base.py", text.encode()), (f"{SITE}/settings/__init__.py", b"")
        path = f"{SITE}/settings/production.py"
        yield planted(kind, path, f"from .base import *\n\n{last}").beside(*base)
        server = (f"{SITE}/wsgi.py", SERVER), (f"{SITE}/__init__.py", b"")
        yield planted(f"{kind}, one file", f"{SITE}/settings.py", f"{text}\n\n{last}").beside(*server)


def planted(kind: str, path: str, text: str) -> Mutation:
    (line,) = [number for number, row in enumerate(text.split("\n"), 1) if MARK in row]
    return Mutation(kind, path, text.replace(MARK, "").encode(), path, frozenset({line}), ".")
