"""Two services in one workspace, with equal module names, never mix."""

from pathlib import Path

from pybackend.workspace import Workspace

VIEWS = """\
from app.clients import client


async def show() -> None:
    client.get("x")
"""


def test_services_with_equal_names(tmp_path: Path) -> None:
    for service, client in (("billing", "requests.Session()"), ("catalogue", "httpx.AsyncClient()")):
        root = tmp_path / service
        (root / "app").mkdir(parents=True)
        (root / "pyproject.toml").write_text(f'[project]\nname = "{service}"\nrequires-python = ">=3.11"\n')
        (root / "app" / "__init__.py").write_text("")
        (root / "app" / "clients.py").write_text(f"import httpx\nimport requests\n\nclient = {client}\n")
        (root / "app" / "views.py").write_text(VIEWS)
    workspace = Workspace([tmp_path])
    found = {}
    for service in ("billing", "catalogue"):
        engine, path = workspace.place(tmp_path / service / "app" / "views.py")
        engine.open(path, VIEWS)
        found[service] = [located.finding.rule for located in engine.findings(path)]
    assert found == {"billing": ["blocking-in-async"], "catalogue": ["unawaited-coroutine"]}
