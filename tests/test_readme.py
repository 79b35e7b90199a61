"""The README names what there is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from pybackend.configuration import Names, read_configuration
from tests.checking import rules

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_every_rule_is_listed() -> None:
    assert set(re.findall(r"^\| `([a-z0-9-]+)` \|", README, re.MULTILINE)) == set(rules())


def test_the_configuration_in_the_readme_is_right(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.+?)```", README, re.DOTALL)
    assert tomllib.loads(block)
    file = tmp_path / "pyproject.toml"
    file.write_text(block)
    found = read_configuration(file, Names({rule.id: rule.area for rule in rules().values()}))
    assert list(found.findings) == []


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    texts = README + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for target in set(re.findall(r"(?:`|^)make ([a-z-]+)", texts, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
