"""A result as a JSON or text file, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cxtopics.tables import writing

__all__ = ["write_json", "write_text"]


def write_json(content: dict[str, Any], path: str | Path) -> None:
    """Write plain JSON, indented, UTF-8.

    Raises
    ------
    InputError
        If the place cannot be written to.
    """
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    write_text(text + "\n", path)


def write_text(text: str, path: str | Path) -> None:
    """Write a text, such as a page, UTF-8.

    Raises
    ------
    InputError
        If the place cannot be written to.
    """
    with writing(Path(path)) as room:
        room.write_text(text, encoding="utf-8")
