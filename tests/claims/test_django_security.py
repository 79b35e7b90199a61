"""What Django and the standard library do with values that clients send."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.http import HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import mark_safe


def test_format_html_without_arguments_raises() -> None:
    with pytest.raises(TypeError):
        format_html("<b>Anna</b>")


def test_mark_safe_escapes_nothing() -> None:
    name = "<script>"
    assert mark_safe(f"<b>{name}</b>") == "<b><script></b>"
    assert format_html("<b>{}</b>", name) == "<b>&lt;script&gt;</b>"


def test_a_redirect_goes_to_any_host() -> None:
    assert HttpResponseRedirect("https://evil.example/")["Location"] == "https://evil.example/"


def test_joined_paths_lead_out_of_their_directory() -> None:
    assert os.path.join("/srv/media", "/etc/passwd") == "/etc/passwd"
    assert (Path("/srv/media") / "../../etc/passwd").resolve() == Path("/etc/passwd")
