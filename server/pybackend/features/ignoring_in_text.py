"""Ignoring a rule by a comment in the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..engine import Located
from ..ignoring import comment_lines
from ..syntax.suppressions import suppressions, template_suppressions
from ..text.document import split_lines
from ..text.edits import Edit, apply

_SIMPLE = frozenset({"expr", "assign", "annassign", "augassign", "return", "raise"})


def ignore_on_line(located: Located, is_in_template: bool = False) -> tuple[Edit, ...]:
    """An ignore comment on the finding's line, or on another line of its statement where one there would land
    in a string; nothing where no line takes one, as in text that does not parse."""
    unit, rule = located.unit, located.finding.rule
    if unit.origin is not None:
        return ()
    if is_in_template:
        return (_template_comment(located),)
    for line in dict.fromkeys(_candidates(located)):
        (_, column, _, end), content = edit = _comment(unit.text, line, rule)
        after = suppressions(apply(unit.text, [edit]))
        if any(found.line == line and found.kind == "ignore" and rule in found.names for found in after):
            at = unit.start + line
            return (Edit((at, column, at, end), content),)
    return ()


def _candidates(located: Located) -> Iterator[int]:
    """The lines where a comment counts, the best first: a simple statement's last, else the finding's."""
    place = located.finding.range[:2]
    around = [s for s in located.unit.facts.statements if s.range[:2] <= place < s.range[2:]]
    if around and around[-1].kind in _SIMPLE:
        yield around[-1].range[2]
    lines = split_lines(located.unit.text)
    for line in comment_lines(located.finding, located.unit):
        if not lines[line].rstrip("\r\n").endswith("\\"):
            yield line


def _comment(text: str, line: int, rule: str) -> Edit:
    """The rule added to the line's ignore comment, or a new comment."""
    code = split_lines(text)[line].rstrip("\r\n")
    for known in suppressions(text):
        if known.line == line and known.kind == "ignore":
            column = code.index("ignore[", known.column) + len("ignore[")
            return Edit((line, column, line, column), f"{rule}, ")
    return Edit((line, len(code.rstrip()), line, len(code)), f"  # pybackend: ignore[{rule}]")


def _template_comment(located: Located) -> Edit:
    """The same in a template, where no white space is added to what it gives."""
    line, rule = located.range[0], located.finding.rule
    text = split_lines(located.unit.text)[line].rstrip("\r\n")
    for known in template_suppressions(located.unit.text):
        if known.line == line and known.kind == "ignore":
            column = text.index("ignore[", known.column) + len("ignore[")
            return Edit((line, column, line, column), f"{rule}, ")
    return Edit((line, len(text), line, len(text)), f"{{# pybackend: ignore[{rule}] #}}")


def ignore_in_template(rule: str) -> tuple[Edit, ...]:
    """An `ignore-file` comment in front of a template, on its first line so that it gives no other text."""
    return (Edit((0, 0, 0, 0), f"{{# pybackend: ignore-file[{rule}] #}}"),)


def ignore_in_file(lines: Sequence[str], rule: str) -> tuple[Edit, ...]:
    """An `ignore-file` comment at the top, below a shebang and coding line."""
    line = 0
    while (
        line < min(2, len(lines))
        and lines[line].startswith("#")
        and ("!" in lines[line][:2] or "coding" in lines[line])
    ):
        line += 1
    ending = "\r\n" if lines[0].endswith("\r\n") else "\n"
    return (Edit((line, 0, line, 0), f"# pybackend: ignore-file[{rule}]{ending}"),)
