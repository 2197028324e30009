"""Rows of JSON files: one object per line, one list, or lists wrapped in pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cxtopics.errors import InputError
from cxtopics.records.rows import Record, Rejected

__all__ = ["json_rows"]

_LIST_KEYS = (
    "tickets", "contacts", "orders", "conversations", "results", "data", "messages", "comments",
)  # fmt: skip


def json_rows(path: Path, encoding: str) -> Iterator[Record | Rejected]:
    """Yield the objects of a file; a line that is no JSON is rejected alone.

    Read line by line where lines are whole values, and otherwise as one document. An
    object like `{"tickets": [...], "count": 2}`, as list endpoints answer, yields the
    objects of its list.

    Raises
    ------
    InputError
        If the file is one JSON document and broken.
    """
    if _is_document(path, encoding):
        yield from _document_rows(path, encoding)
        return
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        for number, line in enumerate(text, start=1):
            if line.strip():
                yield from _rows_of(_parsed(line), path.name, number)


def _is_document(path: Path, encoding: str) -> bool:
    """Tell whether the file starts like JSON whose values span several lines."""
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        start = next((line for line in text if line.strip()), "").strip()
    return start[:1] == "[" or start == "{" or (start[:1] == "{" and start[-1:] in ",[")


def _document_rows(path: Path, encoding: str) -> Iterator[Record | Rejected]:
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        try:
            content = json.load(text)
        except (ValueError, RecursionError):
            raise InputError(
                f"{path}: not valid JSON", "export it again, or as NDJSON (one object per line)"
            ) from None
    rows = content if isinstance(content, list) else _wrapped(content) or [content]
    for number, row in enumerate(rows, start=1):
        yield from _rows_of(row, path.name, number)


def _rows_of(content: Any, file: str, line: int) -> Iterator[Record | Rejected]:
    wrapped = _wrapped(content)
    for row in [content] if wrapped is None else wrapped:
        if isinstance(row, dict) and row:
            yield Record(line, row)
        else:
            yield Rejected(file, line, "not valid JSON" if row is None else "not a JSON object")


def _wrapped(content: Any) -> list[Any] | None:
    """Return the list in a page of a list endpoint; such a page has no id of its own."""
    if isinstance(content, dict) and "id" not in content:
        embedded = content.get("_embedded")  # HAL, as Help Scout answers
        page = embedded if isinstance(embedded, dict) else content
        for key in _LIST_KEYS:
            if isinstance(page.get(key), list):
                return list(page[key])
    return None


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
