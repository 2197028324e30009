"""The schema's faults in words, and what is left of a file without them.

`salvage` replaces what a schema refuses by something neutral, so that the meaning of the
rest (references, repeated messages) can be checked in the same run.
"""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from cxtopics.taxonomy.places import Path
from cxtopics.taxonomy.topics import Deflectability, Taxonomy, Topic

__all__ = ["path_of", "salvage", "word"]

_QUOTE = "put it in quotation marks"
_KINDS = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list",
          dict: "a mapping", type(None): "nothing"}  # fmt: skip
_WANTED = {
    "string_type": "text",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}


def path_of(error: ErrorDetails) -> Path:
    """Return where an error is."""
    return tuple(step for step in error["loc"] if step != "[key]")


def word(error: ErrorDetails) -> tuple[str, str]:
    """Return message and hint of one of pydantic's errors."""
    kind, got, path = error["type"], error.get("input"), path_of(error)
    name = path[-1] if path else ""
    if kind == "missing":
        return "missing", f"add the line '{name}: ...' to this entry"
    if kind == "extra_forbidden":
        return _unknown_key(str(name), path)
    if kind in _WANTED:
        return _wrong_kind(got, _WANTED[kind], error["loc"])
    if kind == "string_pattern_mismatch":
        slug = re.sub(r"\W+", "_", str(got).strip().lower()).strip("_")
        return (
            f"got '{got}', expected lower-case letters, digits and '_', 2 to 48 of them",
            f"for example '{slug}'" if re.match(r"[a-z]\w+$", slug) else "begin with a letter",
        )
    if kind == "string_too_short":
        return "empty", "write the text after the colon, or take the line out"
    if kind == "literal_error":
        expected = str((error.get("ctx") or {}).get("expected", "")).replace("'", "")
        near = difflib.get_close_matches(str(got), re.findall(r"\w+", expected), n=1)
        return f"got '{got}', expected {expected}", f"did you mean '{near[0]}'?" if near else ""
    if name in Deflectability.model_fields:
        return f"got {_shown(got)}, expected a number from 0 to 1", "35 % is written 0.35"
    if kind.startswith("date"):
        return f"got {_shown(got)}, expected a date", "write it as 2026-03-31"
    return f"got {_shown(got)}: {error['msg']}", ""


def _unknown_key(name: str, path: Path) -> tuple[str, str]:
    model = _model_at(path)
    near = difflib.get_close_matches(name, model.model_fields, n=1)
    known = ", ".join(model.model_fields)
    return "unknown key", f"did you mean '{near[0]}'?" if near else f"the keys are {known}"


def _model_at(path: Path) -> type[BaseModel]:
    if len(path) == 1:
        return Taxonomy
    return Deflectability if "deflectable" in path[:-1] else Topic


def _wrong_kind(got: Any, wanted: str, loc: tuple[str | int, ...]) -> tuple[str, str]:
    message = f"got {_shown(got)}, expected {wanted}"
    if isinstance(got, bool) and wanted == "text":
        return message, f"YAML reads a bare yes, no, on or off as true or false: {_QUOTE}"
    if got is None:
        return message, "write it after the colon or dash, or take the line out"
    if isinstance(got, dict) and wanted == "text":
        return message, f"a colon and a space make a key of what stands before: {_QUOTE}"
    if wanted == "text" and not isinstance(got, list):
        return message, _QUOTE
    if wanted == "a list":
        return message, "one entry a line, each after '- '"
    if wanted == "a mapping":
        return message, "lines of 'key: value', without '- ' before them"
    return message, "is there a '- ' too much, or one too few?"


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"'{value[:40]}'"
    if isinstance(value, dict | list | bool) or value is None:
        return _KINDS[type(value)]
    return str(value)


def salvage(content: dict[str, Any], errors: Iterable[ErrorDetails]) -> dict[str, Any]:
    """Return the content with everything refused replaced or left out; no list gets shorter."""
    sound = copy.deepcopy(content)
    for number, error in enumerate(errors):
        path = path_of(error)
        if "deflectable" in path:
            path = path[: path.index("deflectable") + 1]
        if len(path) > 3 and path[2] in ("replaces", "split_into"):
            path = path[:3]
        _replace(sound, path, number)
    return sound


def _replace(content: Any, path: Path, number: int) -> None:
    for above in path[:-1]:
        try:
            content = content[above]
        except (KeyError, IndexError, TypeError):
            return  # something above was replaced before
    step = path[-1] if path else None
    if isinstance(content, list) and isinstance(step, int):
        text = f"placeholder {number}"
        blank = {"id": f"placeholder_{number}", "label": text, "description": text}
        content[step] = blank if len(path) == 2 else text
    elif isinstance(content, dict):
        filler = _FILLERS.get((len(path), step))
        content.pop(step, None)
        if filler is not None:
            content[step] = f"{filler}_{number}" if step == "id" else filler


_FILLERS: dict[tuple[int, str | int | None], Any] = {
    (1, "name"): "placeholder",
    (1, "version"): 1,
    (1, "groups"): {},
    (1, "topics"): [],
    (3, "id"): "placeholder",
    (3, "label"): "placeholder",
    (3, "description"): "placeholder",
}
