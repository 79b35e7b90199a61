"""The past of a file is what git says, however it is stored."""

from __future__ import annotations

import os
import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from pybackend.engine import Engine
from pybackend.environment import Environment
from pybackend.history import History
from pybackend.history.objects import Objects, Unreadable, _applied
from pybackend.project.project import Project
from tests.checking import rules

LINES = [f"line {number}\n" for number in range(400)]
MIGRATION = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.AddField("product", "name", models.CharField(max_length=50, default=""))]
"""
PATH = "shop/migrations/0002_name.py"
NAME = bytes(range(100, 120))

Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """A repository in which `git` runs, whatever the user's own settings are."""
    who = {f"GIT_{role}_{what}": "dummy" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    nowhere = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    clock = iter(range(1_700_000_000, 1_700_100_000, 60))

    def run(*arguments: str) -> str:
        now = f"{next(clock)} +0000"
        times = {"GIT_AUTHOR_DATE": now, "GIT_COMMITTER_DATE": now}
        environment = {**os.environ, **who, **nowhere, **times}
        done = subprocess.run(
            ["git", *arguments], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    run("init", "-q", "-b", "main")
    return run


def commit(git: Git, root: Path, path: str, text: str) -> str:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    git("add", path)
    git("commit", "-q", "-m", f"Change {path}")
    return git("rev-parse", "HEAD")


@pytest.mark.parametrize("is_packed", [False, True])
def test_every_object_is_what_git_says(git: Git, tmp_path: Path, is_packed: bool) -> None:
    for number in range(8):
        changed = [*LINES[: number * 40], f"changed {number}\n", *LINES[number * 40 :]]
        commit(git, tmp_path, f"data/{number % 3}.txt", "".join(changed))
    if is_packed:
        git("gc", "-q", "--aggressive", "--prune=now")
    objects = Objects(tmp_path / ".git/objects")
    names = git("cat-file", "--batch-all-objects", "--batch-check").splitlines()
    assert len(names) > 20
    for line in names:
        name, kind, size = line.split()
        found = objects.read(name)
        assert (found.kind, len(found.content)) == (kind, int(size))
        if kind == "blob":
            assert found.content.decode().strip() == git("cat-file", "blob", name)


def test_what_is_not_there_cannot_be_read(git: Git, tmp_path: Path) -> None:
    commit(git, tmp_path, "one.txt", "one")
    with pytest.raises(Unreadable):
        Objects(tmp_path / ".git/objects").read("0" * 40)


def pack(root: Path, entry: bytes) -> Objects:
    """Objects of which a pack has one alone, named by NAME."""
    directory = root / "pack"
    directory.mkdir()
    fanout = struct.pack(">256I", *([0] * NAME[0] + [1] * (256 - NAME[0])))
    index = b"\xfftOc\x00\x00\x00\x02" + fanout + NAME + bytes(4) + struct.pack(">I", 12)
    (directory / "one.idx").write_bytes(index)
    (directory / "one.pack").write_bytes(b"PACK" + struct.pack(">II", 2, 1) + entry)
    return Objects(root)


@pytest.mark.parametrize(
    "entry",
    [
        bytes([0x31]) + zlib.compress(b"xy"),
        bytes([0x31]) + zlib.compress(bytes(50_000_000)),
        b"\xff" * 200_000,
        bytes([0x70 | 3]) + NAME + zlib.compress(b"\x01\x01x"),
        bytes([0x60 | 3]) + b"\xff" * 200_000,
    ],
    ids=["longer than it says", "a bomb", "a size without end", "made of itself", "a distance without end"],
)
def test_a_broken_pack_is_left_alone(tmp_path: Path, entry: bytes) -> None:
    with pytest.raises(Unreadable):
        pack(tmp_path, entry).read(NAME.hex())


def test_a_pack_of_one_is_read(tmp_path: Path) -> None:
    assert pack(tmp_path, bytes([0x32]) + zlib.compress(b"xy")).read(NAME.hex()) == ("blob", b"xy")


def test_differences_do_not_grow_without_end() -> None:
    wanted, delta = b"ab" * 3, b"\x02\x06" + b"\x90\x02" * 3
    assert _applied(b"ab", [delta]) == wanted
    with pytest.raises(Unreadable):
        _applied(b"ab", [delta + b"\x90\x02" * 9])
    with pytest.raises(Unreadable):
        _applied(b"ab", [b"\x02" + b"\xff" * 90_000])


def test_a_branch_is_compared_with_where_it_began(git: Git, tmp_path: Path) -> None:
    commit(git, tmp_path, "app/one.txt", "first")
    git("checkout", "-q", "-b", "feature")
    commit(git, tmp_path, "app/one.txt", "of the branch")
    git("checkout", "-q", "main")
    commit(git, tmp_path, "app/one.txt", "later")
    history = History(tmp_path)
    assert history.text("app/one.txt") == ("main", "later")
    git("checkout", "-q", "feature")
    assert history.text("app/one.txt") == ("main", "first")
    assert history.text("app/none.txt") is None
    assert History(tmp_path / "app").text("one.txt") == ("main", "first")


def test_the_main_branch_is_that_of_the_remote(git: Git, tmp_path: Path) -> None:
    first = commit(git, tmp_path, "one.txt", "first")
    git("update-ref", "refs/remotes/origin/trunk", first)
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    commit(git, tmp_path, "one.txt", "not pushed")
    assert History(tmp_path).text("one.txt") == ("origin/trunk", "first")
    git("pack-refs", "--all")
    assert History(tmp_path).text("one.txt") == ("origin/trunk", "first")


def test_a_second_working_tree_shares_its_past(git: Git, tmp_path: Path) -> None:
    commit(git, tmp_path, "one.txt", "first")
    git("worktree", "add", "-q", "-b", "other", "second")
    assert History(tmp_path / "second").text("one.txt") == ("main", "first")


@pytest.mark.parametrize("place", ["//elsewhere/share", "\\\\elsewhere\\share", ""])
def test_a_past_on_another_machine_is_left_there(tmp_path: Path, place: str) -> None:
    (tmp_path / ".git").write_text(f"gitdir: {place}\n")
    history = History(tmp_path)
    assert history.text("one.txt") is None and history.sources == frozenset()


def test_no_repository_no_past(tmp_path: Path) -> None:
    assert History(tmp_path).text("one.txt") is None
    (tmp_path / ".git").mkdir()
    assert History(tmp_path).text("one.txt") is None


def test_an_edited_migration_is_found_until_it_is_the_same_again(git: Git, tmp_path: Path) -> None:
    commit(git, tmp_path, PATH, MIGRATION)
    project = Project(tmp_path, Environment(tmp_path, {}), (3, 11))
    engine = Engine(project, [rules()["migration-edited"]], {})
    engine.open(PATH, MIGRATION)
    assert engine.findings(PATH) == []
    line = next(n for n, text in enumerate(MIGRATION.splitlines()) if "50" in text)
    column = MIGRATION.splitlines()[line].index("50")
    engine.edit(PATH, (line, column), (line, column + 2), "80")
    assert [located.finding.values for located in engine.findings(PATH)] == [{"branch": "main"}]
    engine.edit(PATH, (line, column), (line, column + 2), "50")
    assert engine.findings(PATH) == []
