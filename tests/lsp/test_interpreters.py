"""The interpreter that is chosen in the editor says which versions are installed."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from tests.environment.places import virtual
from tests.lsp.conftest import Start
from tests.lsp.test_server import eventually

OLD = """from pydantic import BaseModel, validator


class Order(BaseModel):
    total: int

    @validator("total")
    def positive(cls, value):
        return value
"""


async def test_the_chosen_interpreter_is_followed(start: Start, tmp_path: Path) -> None:
    python = virtual(tmp_path / "elsewhere", {"pydantic": "2.11.0"}) / "bin" / "python"
    editor = await start(settings={"select": ["pydantic-v1-syntax"]})
    uri = editor.open("orders.py", OLD)
    assert await editor.codes(uri) == []
    chosen = [{"folder": str(editor.root), "python": str(python)}]
    settings = {"pybackend": {"select": ["pydantic-v1-syntax"], "interpreters": chosen}}
    changed = types.DidChangeConfigurationParams(settings=settings)
    editor.client.workspace_did_change_configuration(changed)
    assert await eventually(editor.codes, uri, [("pydantic-v1-syntax", 6)])
