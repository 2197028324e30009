"""Mapping files: which column of a foreign table is which of ours."""

from __future__ import annotations

import difflib
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from cxtopics.errors import InputError
from cxtopics.sources.mapped import CANONICAL
from cxtopics.sources.rows import Kind
from cxtopics.taxonomy.places import load_yaml

__all__ = ["Mapping", "load_mapping"]

_HINT = "docs/mapping.md shows two mapping files"


@dataclass(frozen=True)
class Mapping:
    """Canonical column -> source columns, and the format of dates where they need one.

    Attributes
    ----------
    columns
        Several source columns only for `text`: the first is the subject.
    date_format
        `D/M/YYYY H:MM` or strptime; None: found out from the column.
    """

    columns: MappingABC[str, tuple[str, ...]] = field(default_factory=dict)
    date_format: str | None = None


def load_mapping(source: str | Path | MappingABC[str, Any] | None, kind: Kind) -> Mapping:
    """Read a mapping file, or take its content as it is; None is the empty mapping.

    Raises
    ------
    InputError
        No such file, no YAML mapping, an unknown key (with the nearest one), a value that
        is no column name.
    """
    if source is None:
        return Mapping()
    where = "mapping" if isinstance(source, MappingABC) else str(source)
    content = dict(source) if isinstance(source, MappingABC) else _load_yaml(Path(source))
    date_format = content.pop("date_format", None)
    if date_format is not None and not isinstance(date_format, str):
        raise InputError(f"{where}: date_format: expected text such as D/M/YYYY H:MM", _HINT)
    columns = {str(key): _columns(where, str(key), value) for key, value in content.items()}
    for key in columns:
        if key not in CANONICAL[kind]:
            raise _unknown(where, key, kind)
    return Mapping(columns, date_format)


def _load_yaml(path: Path) -> dict[str, Any]:
    try:
        content = load_yaml(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})", "check the path") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise InputError(f"{path}: not readable as YAML", _HINT) from None
    if not isinstance(content, dict):
        raise InputError(f"{path}: expected lines 'our column: your column'", _HINT)
    return content


def _columns(where: str, key: str, value: Any) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    if not names or not all(isinstance(name, str | int | float) for name in names):
        raise InputError(f"{where}: {key}: expected the name of a column", _HINT)
    if len(names) > 1 and key != "text":
        raise InputError(f"{where}: {key}: got {len(names)} columns, expected one", _HINT)
    return tuple(str(name).strip() for name in names)


def _unknown(where: str, key: str, kind: Kind) -> InputError:
    known = (*CANONICAL[kind], "date_format")
    near = difflib.get_close_matches(key, known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else _HINT
    return InputError(f"{where}: unknown key '{key}', expected {', '.join(known)}", hint)
