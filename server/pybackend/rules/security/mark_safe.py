"""Values put into markup that is then trusted: what should be escaped no longer is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...facts import expressions as ex
from ...facts.tables import CallSite, Function, Parameter
from ...facts.template import UNESCAPED
from ...findings import Finding
from ...fixes.fix import Fix
from ...fixes.source import Source
from ...project.django.rest import lineage
from ...project.outline import Outline
from ...project.project import Project
from ..registry import Calls, rule_about
from ._requests import Flow
from ._templates import RENDERING, rendered

_DJANGO = ("mark_safe", "SafeString", "SafeText")
_TRUSTING = frozenset(
    {
        *(f"django.utils.safestring.{name}" for name in _DJANGO),
        *("markupsafe.Markup", "flask.Markup", "jinja2.Markup", "jinja2.utils.markupsafe.Markup"),
    }
)
_FORMAT = "django.utils.html.format_html"
_TEXTS = frozenset({"builtins.str()", "builtins.str"})
_MARKUP = re.compile(
    r"html|markup|safe|render|escap|icon|css|class|style|attr|tag|svg|script|media|url|uri|href|link|path|src"
    r"|slug|^id$|_id$|^pk$|uuid|count|num|size|width|height|length|index|color|colour|version|prefix|suffix|json"
    r"|content|body|label|verbose_name|help_text|static|separator|^sep$|^i$|^n$|element|widget|field|template|kind"
    r"|^user_?name$|^(image|thumbnail|avatar|logo|photo|picture|file)$|flag|_and_|callable|plugin|stock|quantity|^qty|price|cost|balance|score|^rank|^age$"
    r"|_on$|_at$|_on_|_at_|humanize|changed|created|modified|updated|type|form|level|depth|indent|mark|percent|amount|total|date|time|year|month|day|lang|code",
    re.IGNORECASE,
)

_OF_CODE = re.compile(
    r"(^|[_.])(plugin|template|site|file|image|app_config|backend|cls|klass|field|widget|form|model|_meta|func|method"
    r"|settings|config)$"
)
"""What objects are called whose attributes the code says, or a storage that knows what a name may be."""
_PLAIN = re.compile(
    r"(Integer|Decimal|Float|Boolean|Date|DateTime|Time|Duration|UUID|Auto|Slug|IPAddress|File|Image|ImageSpec)Field$"
)
_MAKING = frozenset({"mark_safe", "format_html", "format_html_join", "render_to_string", "Markup", "escape"})
_NUMBERS = frozenset({"int", "float", "bool"})


@rule_about({*_DJANGO, "Markup", "format_html", UNESCAPED, "GET", "POST"})
def check(calls: Calls, outline: Outline, project: Project) -> Iterator[Finding]:
    role = project.role(outline.module)
    if role.is_test or role.is_documentation:
        return
    for site in calls:
        if not site.call.arguments:
            continue
        function = site.call.function
        if isinstance(function, ex.Name) and function.id == UNESCAPED:
            yield Finding(site.call.range, "printed", {"value": ex.text_of(site.call.arguments[0]) or ""})
            continue
        if (ex.written(function) or "").rpartition(".")[2] in RENDERING:
            yield from rendered(site, outline)
            continue
        path = outline.callee(site)
        if path in _TRUSTING:
            yield from _trusted(site, outline)
        elif path == _FORMAT and _is_alone(site.call) and _is_built(site.call.arguments[0]):
            raises = project.environment.at_least("django", "6.0") is True
            yield Finding(site.call.range, "format-raises" if raises else "format")


def _is_alone(call: ex.Call) -> bool:
    return len(call.arguments) == 1 and not call.keywords


def _trusted(site: CallSite, outline: Outline) -> Iterator[Finding]:
    value = site.call.arguments[0]
    name = (ex.dotted(site.call.function) or "").rpartition(".")[2]
    function = outline.function(site.at)
    if not _is_built(value):
        if function is not None and Flow(function, outline, is_wide=True).sent(value, site.at) is not None:
            yield Finding(site.call.range, "request", {"name": name})
        return
    for part in _inserted(value):
        shown = _untrusted(part, site, outline)
        if shown:
            yield Finding(site.call.range, "", {"name": name, "value": shown})
            return


def _is_built(value: ex.Expression) -> bool:
    """Whether it is markup that values are put into on the spot."""
    return any(True for _ in _inserted(value)) and any("<" in text for text in _texts(value))


def _inserted(value: ex.Expression) -> Iterator[ex.Expression]:
    """The values that are put into a text."""
    if isinstance(value, ex.FString):
        yield from (part.value for part in value.parts if isinstance(part, ex.Interpolation))
    elif isinstance(value, ex.Operation) and value.operator == "Mod" and _is_text(value.left):
        right = value.right
        yield from right.elements if isinstance(right, ex.Display) else (right,)
    elif isinstance(value, ex.Operation) and value.operator == "Add":
        for side in (value.left, value.right):
            inner = list(_inserted(side))
            yield from inner if inner or _is_text(side) else (side,)
    elif isinstance(value, ex.Call) and _is_format(value.function):
        yield from (*value.arguments, *(keyword.value for keyword in value.keywords))


def _is_format(function: ex.Expression) -> bool:
    return isinstance(function, ex.Attribute) and function.name == "format" and _is_text(function.value)


def _is_text(value: ex.Expression) -> bool:
    return isinstance(value, ex.Literal) and isinstance(value.value, str)


def _texts(value: ex.Expression) -> Iterator[str]:
    for part in ex.walk(value):
        if isinstance(part, ex.Literal) and isinstance(part.value, str):
            yield part.value


def _untrusted(value: ex.Expression, site: CallSite, outline: Outline) -> str:
    """How a value is called that may well be text from somebody else; "" for any other."""
    function = outline.function(site.at)
    if function is not None and Flow(function, outline, is_wide=True).sent(value, site.at) is not None:
        return ex.dotted(value) or "the request"
    if isinstance(value, ex.Attribute):
        shown = ex.dotted(value)
        if (
            shown is None
            or _OF_CODE.search(shown.rpartition(".")[0])
            or _is_plain(value, shown, site, outline)
        ):
            return ""
        path = outline.resolve(value, site.at.scope)
        is_own = path is None or "()" in path or "<locals>" in path
        is_known = _MARKUP.search(value.name) or value.name.isupper() or value.name.startswith("__")
        return "" if is_known or not is_own else shown
    if isinstance(value, ex.Name) and not _MARKUP.search(value.id):
        return value.id if _is_text_parameter(value.id, site.at.scope, outline) else ""
    return ""


def _is_plain(value: ex.Attribute, shown: str, site: CallSite, outline: Outline) -> bool:
    """Whether an attribute is a number that was looked at, or by its own class no text, or markup already."""
    for other in outline.facts.calls:
        if other.at.scope == site.at.scope and ex.dotted(other.call.function) == "isinstance":
            names = [ex.dotted(argument) for argument in other.call.arguments]
            if names[:1] == [shown] and not _NUMBERS.isdisjoint(names[1:]):
                return True
    view = outline.enclosing_class(site.at.scope) if ex.dotted(value.value) == "self" else None
    found = lineage(view).member(value.name) if view is not None else None
    if found is None:
        return False
    fact, home = found[0].fact, found[0].outline
    if isinstance(fact, Function):
        return not _MAKING.isdisjoint(home.facts.names | home.facts.attributes)
    call = fact.value
    path = home.resolve(call.function, fact.at.scope) if isinstance(call, ex.Call) else None
    return path is not None and _PLAIN.search(path) is not None


def _is_text_parameter(name: str, scope: int, outline: Outline) -> bool:
    """Whether it is a parameter for a text, which the function leaves as it is."""
    found = outline.lookup(name, scope)
    if not found or len(found) != 1 or not isinstance(found[0].fact, Parameter):
        return False
    annotation = found[0].fact.annotation
    return annotation is not None and outline.resolve(annotation, found[0].scope) in _TEXTS


@check.fix
def fix(finding: Finding, source: Source, _: Project) -> Iterator[Fix]:
    site = next((s for s in source.outline.facts.calls if s.call.range == finding.range), None)
    if site is None:
        return
    value = site.call.arguments[0]
    path = source.outline.callee(site) or ""
    text = source.text(value.range)
    if (
        not isinstance(value, ex.FString)
        or "\n" in text
        or text[:1] not in "fF"
        or len(site.call.arguments) > 1
    ):
        return
    if not path.startswith("django.") or "{{" in text or "}}" in text or site.call.keywords:
        return
    inserted = [part for part in value.parts if isinstance(part, ex.Interpolation)]
    if any(part.conversion not in ("", "s") or part.format is not None for part in inserted):
        return
    pieces = [source.text(part.range) for part in inserted]
    template = text[1:]
    for piece in pieces:
        if template.count(f"{{{piece}}}") == 0:
            return
        template = template.replace(f"{{{piece}}}", "{}", 1)
    code = f"format_html({', '.join([template, *pieces])})"
    unused = ("mark_safe", "SafeString") if path != _FORMAT else ()
    yield Fix((source.replace(finding.range, code),), imports=(_FORMAT,), unused=unused)
