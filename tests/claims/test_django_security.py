"""What Django and the standard library do with values that clients send."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import django
import pytest
from django.template import Context, Engine
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from pybackend.facts.template import collect_template, is_unescaped


def test_format_html_without_arguments_raises() -> None:
    with pytest.raises(TypeError if django.VERSION >= (6, 0) else DeprecationWarning):
        format_html("<b>Anna</b>")


def test_mark_safe_escapes_nothing() -> None:
    name = "<script>"
    assert mark_safe(f"<b>{name}</b>") == "<b><script></b>"
    assert format_html("<b>{}</b>", name) == "<b>&lt;script&gt;</b>"


def test_a_redirect_goes_to_any_host() -> None:
    script = (
        "from django.conf import settings; settings.configure()\n"
        "from django.http import HttpResponseRedirect\n"
        "print(HttpResponseRedirect('https://evil.example/')['Location'])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "https://evil.example/"


def test_joined_paths_lead_out_of_their_directory() -> None:
    assert Path("/srv/media") / "/etc/passwd" == Path("/etc/passwd")
    assert (Path("/srv/media") / "../../etc/passwd").resolve() == Path("/etc/passwd")


@pytest.mark.parametrize(
    ("template", "is_escaped"),
    [
        ("{{ word }}", True),
        ("{{ word|safe }}", False),
        ("{{ word|upper|safe }}", False),
        ("{{ word|safe|default:'-' }}", False),
        ("{{ word|urlencode|safe }}", True),
        ("{{ word|slugify|safe }}", True),
        ("{{ word|escape|safe }}", True),
        ("{% autoescape off %}{{ word }}{% endautoescape %}", False),
        ("{% autoescape off %}{{ word|cut:'x' }}{% endautoescape %}", False),
        ("{% autoescape off %}{{ word|escape }}{% endautoescape %}", True),
        ("{% autoescape off %}{% autoescape on %}{{ word }}{% endautoescape %}{% endautoescape %}", True),
    ],
)
def test_templates_escape_unless_told_not_to(template: str, is_escaped: bool) -> None:
    word = "<script>alert(1)</script>"
    printed = Engine().from_string(template).render(Context({"word": word}))
    assert ("<script>" not in printed.lower()) == is_escaped
    tag = next(tag for tag in collect_template([template]).tags if tag.kind == "print")
    assert is_unescaped(tag.values[0]) == (not is_escaped)
