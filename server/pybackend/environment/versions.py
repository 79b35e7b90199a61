"""Whether a range of versions is certain to be above one or below it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version


def normal(name: str) -> str:
    """A package's name as registries compare it."""
    from packaging.utils import canonicalize_name

    return canonicalize_name(name)


@cache
def release(version: str) -> Version:
    from packaging.version import Version

    return Version(Version(version).base_version)


def verdict(versions: SpecifierSet, wanted: Version) -> bool | None:
    low, high = lowest(versions), _limit(versions)
    if low is not None and low >= wanted:
        return True
    if high is not None and (high[0] < wanted or (high[0] == wanted and not high[1])):
        return False
    return None


def lowest(versions: SpecifierSet) -> Version | None:
    """The lowest version that is possible, without its pre-release part."""
    found = [
        release(specifier.version.removesuffix(".*"))
        for specifier in versions
        if specifier.operator in (">=", ">", "==", "~=")
    ]
    return max(found, default=None)


def _limit(versions: SpecifierSet) -> tuple[Version, bool] | None:
    """The highest version that is possible, and whether it is so itself."""
    found: list[tuple[Version, bool]] = []
    for specifier in versions:
        text = specifier.version.removesuffix(".*")
        version = release(text)
        is_wild = specifier.version.endswith(".*")
        if specifier.operator == "<=" or (specifier.operator == "==" and not is_wild):
            found.append((version, True))
        elif specifier.operator == "<":
            found.append((version, False))
        elif specifier.operator == "==" or (specifier.operator == "~=" and len(version.release) > 1):
            parts = version.release if specifier.operator == "==" else version.release[:-1]
            above = ".".join(map(str, [*parts[:-1], parts[-1] + 1]))
            found.append((release(above), False))
    return min(found, default=None)
