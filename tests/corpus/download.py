"""Fetch the pinned projects into `.corpus/`: `python -m tests.corpus.download [NAME...]`.

pip downloads, checks and unpacks the source distributions. It would then run each project's build
backend for its metadata; here it is pointed at an interpreter that has none installed, so it stops
after unpacking and nothing of a project is executed. Only what an analysis can read is kept.
Running it again fetches only what is missing.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from email.parser import HeaderParser
from pathlib import Path

from tests.corpus.projects import CORPUS, Project, all_projects

KEPT_SUFFIXES = {".py", ".pyi", ".toml", ".cfg", ".ini", ".txt", ".example"}
KEPT_NAMES = {"Pipfile", ".gitignore", "PKG-INFO"}


def main(names: list[str]) -> int:
    projects = [project for project in all_projects() if not names or project.name in names]
    failed = [project.name for project in projects if not project.complete.exists() and not fetch(project)]
    if failed:
        print(f"not downloaded: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def fetch(project: Project) -> bool:
    print(f"{project.name} {project.version}", flush=True)
    CORPUS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CORPUS, prefix=".download-") as name:
        temporary = Path(name)
        unpacked = fetch_sdist(project, temporary) if project.source == "sdist" else None
        unpacked = unpacked or fetch_wheel(project, temporary)
        if unpacked is None:
            return False
        keep_sources(unpacked, project.root)
    missing = [entry for entry in project.directories if not (project.root / entry).is_dir()]
    if missing:
        print(f"{project.name} has no {', '.join(missing)}", file=sys.stderr)
        return False
    project.complete.touch()
    return True


def fetch_sdist(project: Project, temporary: Path) -> Path | None:
    """The unpacked source distribution, left behind by a pip that could not build its metadata."""
    bare = temporary / "bare"
    venv.create(bare, with_pip=False)
    arguments = ["--no-binary", ":all:", "--no-build-isolation", "--no-clean"]
    run_pip(["--python", str(bare / "bin" / "python")], arguments, project, temporary)
    left_behind = [path for path in temporary.glob("pip-*/*") if (path / "PKG-INFO").is_file()]
    return left_behind[0] if len(left_behind) == 1 else None


def fetch_wheel(project: Project, temporary: Path) -> Path | None:
    """A wheel's sources, with the pyproject.toml that a wheel lacks written from its metadata."""
    run_pip([], ["--only-binary", ":all:"], project, temporary)
    wheels = list((temporary / "files").glob("*.whl"))
    if len(wheels) != 1:
        return None
    unpacked = temporary / "wheel"
    with zipfile.ZipFile(wheels[0]) as archive:
        archive.extractall(unpacked)
    (metadata,) = unpacked.glob("*.dist-info/METADATA")
    (unpacked / "pyproject.toml").write_text(pyproject_of(metadata.read_text(encoding="utf-8")))
    return unpacked


def pyproject_of(metadata: str) -> str:
    headers = HeaderParser().parsestr(metadata)
    requirements: list[str] = headers.get_all("Requires-Dist", [])
    needed = [line for line in requirements if "extra ==" not in line]
    quoted = "".join(f"  '''{line}''',\n" for line in needed)
    python = headers.get("Requires-Python", ">=3.9")
    return (
        f'[project]\nname = "{headers["Name"]}"\nversion = "{headers["Version"]}"\n'
        f'requires-python = "{python}"\ndependencies = [\n{quoted}]\n'
    )


def run_pip(options: list[str], arguments: list[str], project: Project, temporary: Path) -> None:
    download = ["download", "--no-deps", "--ignore-requires-python", *arguments]
    target = ["--dest", str(temporary / "files"), f"{project.name}=={project.version}"]
    subprocess.run(
        [sys.executable, "-m", "pip", *options, *download, *target],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )


def keep_sources(unpacked: Path, root: Path) -> None:
    shutil.rmtree(root, ignore_errors=True)
    for path in sorted(unpacked.rglob("*")):
        kept = path.suffix in KEPT_SUFFIXES or path.name in KEPT_NAMES
        if kept and path.is_file() and not path.is_symlink():
            target = root / path.relative_to(unpacked)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
