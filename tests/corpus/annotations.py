"""Is the annotation that `no-return-type` offers true? Strip the ones that authors wrote, and compare.

python -m tests.corpus.annotations [--project NAME] [--number N] [--seed S] [--infer] [--all]
    strip return annotations one at a time, let the fix propose, and print every proposal that is neither
    what the author wrote nor a narrower form of it; with --all, the narrower ones too
"""

from __future__ import annotations

import argparse
import ast
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.fixing import offers
from pybackend.project.project import Project as AnalysedProject
from pybackend.references import References
from pybackend.rules.registry import discover
from tests.corpus.projects import Project, chosen_projects

RULE = "no-return-type"
FILES_PER_PROJECT = 400


class Proposal(NamedTuple):
    path: str
    line: int
    name: str
    written: str
    offered: str
    is_safe: bool


def proposals(
    project: Project, chance: random.Random, number: int, infers: bool
) -> Iterator[Proposal | None]:
    """What is offered for each annotated function of a project; None where nothing is."""
    rules, references = discover(), References.load()
    engine = Engine(AnalysedProject(project.root, Environment(project.root), (3, 12)), [rules[RULE]], {})
    engine.project.infers = infers
    paths = list(project.python_files())
    for path in sorted(chance.sample(paths, min(number, len(paths)))):
        text = path.read_text("utf-8", "replace")
        if "\r" in text or "->" not in text:
            continue
        try:
            tree = ast.parse(text)
        except SyntaxError:
            continue
        relative = path.relative_to(project.root).as_posix()
        engine.open(relative, text, False)
        if project_role_is_test(engine, relative):
            engine.close(relative)
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
                yield propose(engine, relative, text.splitlines(), node, references)
        engine.close(relative)


def project_role_is_test(engine: Engine, path: str) -> bool:
    return engine.project.role(engine.files[path].module).is_test


def propose(
    engine: Engine,
    path: str,
    lines: list[str],
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    references: References,
) -> Proposal | None:
    """Take one annotation out, ask for the fix, and put it back."""
    assert node.returns is not None and node.returns.end_lineno is not None
    first, last = node.returns.lineno - 1, node.returns.end_lineno - 1
    end = len(lines[last].encode()[: node.returns.end_col_offset].decode())
    before = lines[first].encode()[: node.returns.col_offset].decode()
    arrow = re.search(r"\s*->\s*\(?\s*$", before)
    if arrow is None or lines[last][end:].lstrip()[:1] != ":":
        return None
    start = arrow.start()
    removed = "\n".join([lines[first][start:], *lines[first + 1 : last + 1]])
    removed = removed[: len(removed) - (len(lines[last]) - end)] if end < len(lines[last]) else removed
    engine.edit(path, (first, start), (last, end), "")
    try:
        for located in engine.findings(path):
            if located.finding.values["function"] == node.name and located.range[0] == first_line(node):
                found = offers(
                    engine.files[path], located, {rule.id: rule for rule in engine.rules}, references
                )
                if found:
                    offered = found[0].title.partition("-> ")[2].removesuffix("`")
                    written = ast.unparse(node.returns)
                    return Proposal(path, node.lineno, node.name, written, offered, found[0].is_safe)
        return None
    finally:
        engine.edit(path, (first, start), (first, start), removed)


def first_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return node.lineno - 1


def normal(annotation: str) -> str:
    """An annotation without what differs in spelling only."""
    tree: ast.AST = ast.parse(annotation, mode="eval").body
    return ast.unparse(Normal().visit(tree))


class Normal(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str):
            try:
                return self.visited(ast.parse(node.value, mode="eval").body)
            except SyntaxError:
                return node
        return node

    def visited(self, node: ast.expr) -> ast.expr:
        found = self.visit(node)
        assert isinstance(found, ast.expr)
        return found

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return ast.Name(node.attr)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        lowered = {"List": "list", "Dict": "dict", "Set": "set", "Tuple": "tuple", "FrozenSet": "frozenset"}
        return ast.Name(lowered.get(node.id, node.id))

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        head, key = self.visited(node.value), self.visited(node.slice)
        if isinstance(head, ast.Name) and head.id in ("Optional", "Union"):
            parts = list(key.elts) if isinstance(key, ast.Tuple) else [key]
            parts += [ast.Constant(None)] if head.id == "Optional" else []
            return union(parts)
        if isinstance(head, ast.Name) and head.id in ("Generator", "AsyncGenerator"):
            first = key.elts[0] if isinstance(key, ast.Tuple) else key
            return ast.Subscript(ast.Name("Async" * (head.id[0] == "A") + "Iterator"), first)
        return ast.Subscript(head, key)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        return union([self.visited(node.left), self.visited(node.right)])


def union(parts: list[ast.expr]) -> ast.expr:
    """The parts of a union in one order."""
    flat = {code for part in parts for code in ast.unparse(part).split(" | ")}
    return ast.parse(" | ".join(sorted(flat)), mode="eval").body


WIDER = {
    "str": {"LiteralString", "Text"},
    "int": {"float", "complex"},
    "Iterator": {"Iterable", "Generator", "ContextManager"},
    "AsyncIterator": {"AsyncIterable", "AsyncGenerator"},
    "list": {"Sequence", "Iterable", "Collection", "MutableSequence"},
    "tuple": {"Sequence", "Iterable", "Collection"},
    "set": {"AbstractSet", "Iterable", "Collection", "Set", "Container"},
    "dict": {"Mapping", "MutableMapping", "Iterable"},
    "None": {"NoReturn"},
}
"""What else an author may call the same value."""


def is_narrower(offered: str, written: str) -> bool:
    """Whether every value of the offered type is one of the written type."""
    parts = set(written.split(" | "))
    if written in ("Any", "object") or "Any" in parts or "object" in parts:
        return True
    return all(any(_fits(one, other) for other in parts) for one in offered.split(" | "))


def _fits(one: str, other: str) -> bool:
    if one == other or other in ("Any", "object"):
        return True
    head, _, inner = one.partition("[")
    wide, _, declared = other.partition("[")
    if wide != head and wide not in WIDER.get(head, ()):
        return False
    if not declared or not inner:
        return True
    ours, theirs = split(inner[:-1]), split(declared[:-1])
    if head == "tuple" and theirs[-1:] == ["..."]:
        theirs = [theirs[0]] * len(ours)
    if head == "dict" and wide in ("Iterable",):
        theirs = [theirs[0], "Any"]
    if head == "tuple" and wide != "tuple":
        theirs = theirs * len(ours)
    return len(ours) == len(theirs) and all(is_narrower(a, b) for a, b in zip(ours, theirs, strict=True))


def split(text: str) -> list[str]:
    """At commas outside brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def verdict(proposal: Proposal, own_class: str = "") -> str:
    offered, written = normal(proposal.offered), normal(proposal.written)
    if offered == written or offered.replace("Self", own_class or "Self") == written:
        return "same"
    if offered == "Self":
        return "same"
    return "narrower" if is_narrower(offered, written) else "different"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--project", action="append", default=[])
    parser.add_argument("--number", type=int, default=FILES_PER_PROJECT)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--infer", action="store_true", help="ask jedi too, as an editor does")
    options = parser.parse_args(arguments)
    counts: Counter[str] = Counter()
    for project in chosen_projects(options.project):
        asked = 0
        chance = random.Random(options.seed)
        for proposal in proposals(project, chance, options.number, options.infer):
            asked += 1
            if proposal is None:
                counts["nothing"] += 1
                continue
            found = verdict(proposal)
            counts[found] += 1
            counts["inferred"] += not proposal.is_safe
            if found == "different" or (options.all and found == "narrower"):
                place = f"{project.root.name}/{proposal.path}:{proposal.line}"
                print(
                    found if proposal.is_safe else f"{found}, inferred",
                    place,
                    *proposal[2:5],
                    sep="\t",
                    flush=True,
                )
        print(f"{project.name}: {asked} asked; so far {dict(counts)}", file=sys.stderr)
    total = counts["same"] + counts["narrower"] + counts["different"]
    print(f"{total} proposals: {counts['same']} the same, {counts['narrower']} narrower, "
          f"{counts['different']} different; nothing for {counts['nothing']}")  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
