"""A topics file -> Taxonomy, or every fault of it with its line and what to do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from cxtopics.errors import Fault, TaxonomyError
from cxtopics.taxonomy.faults import Found, meaning_faults
from cxtopics.taxonomy.places import Source, repeated_keys
from cxtopics.taxonomy.shapes import path_of, salvage, word
from cxtopics.taxonomy.topics import Taxonomy, TopicsFile

__all__ = ["load_taxonomy", "parse_source", "parse_taxonomy", "read_bytes"]

_QUOTES = "put the text in quotation marks"
# What PyYAML says, and what to do; the first that matches.
_ADVICE = (
    (r"unknown escape character", "write '\\\\' for a backslash, or use single quotes"),
    (r"mapping values are not allowed", "indent the line as the ones above; a text with ': ' in"
     " it needs quotation marks"),
    (r"could not find expected ':'", "is a colon missing after the key?"),
    (r"scanning a quoted scalar|parsing a quoted scalar", "close the quotation mark"),
    (r"block mapping|block collection|block end", "indent the line as the ones it belongs with,"
     " or close the quotation mark above"),
    (r"flow (sequence|mapping|node)", "close the bracket, or " + _QUOTES),
    (r"expected a single document", "take the line '---' out"),
    (r"tag|alias|anchor|cannot start any token|alphabetic or numeric", _QUOTES),
    (r"special characters|control characters", "take the control character out"),
)  # fmt: skip
_STARTS_BEFORE = re.compile(r"simple key|quoted scalar|flow sequence|flow mapping")
_TAB = re.compile(r"^[ \-]*\t|[:\-][ ]*\t")


def load_taxonomy(path: str | Path, *, with_examples: bool = False) -> Taxonomy:
    """Read and check a topics file.

    Parameters
    ----------
    path
        A YAML file with the keys `name, version, groups, topics, reserved, retired`.
    with_examples
        Whether a topic without an example message is a fault.

    Raises
    ------
    TaxonomyError
        With every fault of the file, not only the first.
    """
    return parse_taxonomy(read_bytes(path), str(path), with_examples=with_examples)


def read_bytes(path: str | Path) -> bytes:
    """Return the bytes of a topics file.

    Raises
    ------
    TaxonomyError
        If there is no such file.
    """
    try:
        return Path(path).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise TaxonomyError(str(path), [Fault("", "no such file")]) from None
    except IsADirectoryError:
        raise TaxonomyError(str(path), [Fault("", "a folder, expected a file")]) from None


def parse_taxonomy(content: bytes | str, name: str, *, with_examples: bool = False) -> Taxonomy:
    """Read and check the content of a topics file; `name` is what errors call it.

    Raises
    ------
    TaxonomyError
        With every fault, as `load_taxonomy`.
    """
    source, faults = parse_source(content)
    if source is None:
        raise TaxonomyError(name, faults)
    if not isinstance(source.data, dict):
        raise TaxonomyError(
            name, [*faults, Fault("", "expected a mapping with the key 'topics'", line=1)]
        )
    found = [*_repeated(source), *_content_faults(source.data, with_examples)]
    faults += [
        Fault(source.where(path), message, hint, source.line(path)) for path, message, hint in found
    ]
    if faults:
        raise TaxonomyError(name, sorted(faults, key=lambda fault: fault.line or 0))
    return Taxonomy.model_validate(source.data)


def parse_source(content: bytes | str) -> tuple[Source | None, list[Fault]]:
    """Parse any YAML that people edit; None where it cannot be, and every fault with its line."""
    text, faults = (content, []) if isinstance(content, str) else _decoded(content)
    source, unreadable = _parsed(text)
    return source, faults + unreadable


def _repeated(source: Source) -> list[Found]:
    return [
        Found(path, f"the key is given {n} times", "keep one of them")
        for path, n in repeated_keys(source.root)
    ]


def _content_faults(data: dict[str, Any], with_examples: bool) -> list[Found]:
    """Return faults of shape, and of the meaning of all that has its right shape."""
    try:
        return list(meaning_faults(TopicsFile.model_validate(data), with_examples=with_examples))
    except ValidationError as error:
        errors = error.errors()
    shape = [Found(path_of(one), *word(one)) for one in errors]
    try:
        rest = TopicsFile.model_validate(salvage(data, errors))
    except ValidationError:
        return shape
    told = [found.path for found in shape]
    meaning = [
        found
        for found in meaning_faults(rest, with_examples=with_examples)
        if not any(_overlap(found.path, path) for path in told)
    ]
    return [*shape, *meaning]


def _overlap(one: tuple[str | int, ...], other: tuple[str | int, ...]) -> bool:
    """Whether a fault was told already: here, above, or (of a list) below."""
    n = min(len(one), len(other))
    return one[:n] == other[:n] and (len(one) >= len(other) or one[-1:] == ("topics",))


def _decoded(content: bytes) -> tuple[str, list[Fault]]:
    """Return the text; bytes that are no UTF-8 are faults, and become a question mark."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace"), []
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    faults = []
    for number, line in enumerate(content.split(b"\n"), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            got = line[error.start]
            message = f"got the byte 0x{got:02x} in column {error.start + 1}, expected UTF-8"
            faults.append(Fault("", message, "save the file as UTF-8", number))
    return content.decode("utf-8", "replace"), faults


def _parsed(text: str) -> tuple[Source | None, list[Fault]]:
    """Parse a text; where tabs are what stops it, tell each of them and go on without."""
    try:
        return Source.parse(text), []
    except yaml.YAMLError as error:
        first = error
    except (ValueError, TypeError, RecursionError) as error:  # a key that is a list, for one
        return None, [Fault("", f"not readable as YAML: {type(error).__name__}", _QUOTES)]
    lines = text.split("\n")
    tabs = [number for number, line in enumerate(lines) if _TAB.search(line)]
    faults = [Fault("", "a tab", "use spaces, not tabs", number + 1) for number in tabs]
    if not tabs:
        return None, [_syntax_fault(first, text)]
    for width in (4, 2, 8):
        spaced = [
            line.replace("\t", " " * width) if number in tabs else line
            for number, line in enumerate(lines)
        ]
        source, more = _parsed("\n".join(spaced))
        if source:
            break
    return source, [*faults, *more]


def _syntax_fault(error: yaml.YAMLError, text: str) -> Fault:
    said = re.sub(r"\s+", " ", str(error))
    context = str(getattr(error, "context", "") or "")
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or said)
    mark = getattr(error, "problem_mark", None)
    if _STARTS_BEFORE.search(context):
        mark = getattr(error, "context_mark", None) or mark
    if mark is not None:
        line = mark.line + 1
    else:
        line = text.count("\n", 0, int(getattr(error, "position", 0))) + 1
    advice = (hint for pattern, hint in _ADVICE if re.search(pattern, f"{context} {problem}"))
    line = min(line, len(text.rstrip("\n").split("\n")))
    return Fault("", f"not readable as YAML: {problem}", next(advice, _QUOTES), line)
