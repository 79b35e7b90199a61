"""Lines put at the end of real settings of Django projects."""

from collections.abc import Iterator, Mapping

from tests.corpus.source import Mutation, SourceFile

NEEDLES = ("INSTALLED_APPS", "MIDDLEWARE")
ELSEWHERE = (
    "test",
    "dev",
    "local",
    "example",
    "docs",
    "project_template",
    "build",
    "global_settings",
    "conf/",
)


def appended(file: SourceFile, lines: Mapping[str, str], before: str = "") -> Iterator[Mutation]:
    """The settings of a site with each of the lines at the end, behind others that go with them.

    Left alone are settings that others replace or that run a file from elsewhere: there a line at the end
    is not what production runs with.
    """
    bound = [line.partition(" ")[0] for line in file.data.decode().splitlines()]
    name = file.path.rpartition("/")[2]
    if "INSTALLED_APPS" not in bound or name.startswith(("_", "base")) or "exec(" in file.data.decode():
        return
    if any(word in file.path.lower() for word in ELSEWHERE):
        return
    for kind, line in lines.items():
        yield file.append(kind, f"import os\n\n{before}{line}  # planted here\n", "  # planted here")
