"""Rows of JSON files: one object per line, one list, or lists wrapped in pages."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from cxtopics.errors import InputError
from cxtopics.records.packed import InputFile, OnBytes
from cxtopics.records.rows import Record, Rejected

__all__ = ["json_rows"]

_LIST_KEYS = (
    "tickets", "contacts", "orders", "conversations", "results", "data", "messages", "comments",
)  # fmt: skip
_WINDOW = 1 << 20  # characters of a list that are looked at together
_LONGEST = 64 << 20  # characters of one element
_BLANKS = " \t\r\n"


def json_rows(
    file: InputFile, encoding: str, on_bytes: OnBytes | None = None
) -> Iterator[Record | Rejected]:
    """Yield the objects of a file; a line that is no JSON is rejected alone.

    Read line by line where lines are whole values, element by element where the file is
    one list, and otherwise as one document. An object like `{"tickets": [...], "count": 2}`,
    as list endpoints answer, yields the objects of its list.

    Raises
    ------
    InputError
        If the file is one list or one document, and broken; what follows the fault would be
        lost.
    """
    start = _start(file, encoding)
    if start[:1] == "[":
        values = _list_values(file, encoding, on_bytes)
    elif start == "{" or (start[:1] == "{" and start[-1:] in ",[{"):
        values = _document_values(file, encoding, on_bytes)
    else:
        values = _line_values(file, encoding, on_bytes)
    for number, value in values:
        yield from _rows_of(value, file.label, number)


def _open(file: InputFile, encoding: str, on_bytes: OnBytes | None = None) -> io.TextIOWrapper:
    return io.TextIOWrapper(file.open(on_bytes), encoding, "replace", "")


def _start(file: InputFile, encoding: str) -> str:
    """Return the first line that is not blank, or the beginning of a long one."""
    with _open(file, encoding) as text:
        lines = iter(lambda: text.readline(_WINDOW), "")
        return next((line for line in lines if line.strip()), "").strip()


def _line_values(
    file: InputFile, encoding: str, on_bytes: OnBytes | None
) -> Iterator[tuple[int, Any]]:
    with _open(file, encoding, on_bytes) as text:
        for number, line in enumerate(text, start=1):
            if line.strip():
                yield number, _parsed(line)


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _document_values(
    file: InputFile, encoding: str, on_bytes: OnBytes | None
) -> Iterator[tuple[int, Any]]:
    with _open(file, encoding, on_bytes) as text:
        try:
            content = json.load(text)
        except (ValueError, RecursionError):
            raise _broken(file) from None
    wrapped = _wrapped(content)
    yield from enumerate([content] if wrapped is None else wrapped, start=1)


def _list_values(
    file: InputFile, encoding: str, on_bytes: OnBytes | None
) -> Iterator[tuple[int, Any]]:
    """Yield the elements of one list, however long it is, a window of it in memory."""
    with _open(file, encoding, on_bytes) as text:
        window = _Window(text)
        sign, number = window.take("["), 0
        while sign and not (number == 0 and window.take("]")):
            try:
                value = window.value()
            except (ValueError, RecursionError):
                raise _broken(file, number) from None
            number += 1
            yield number, value
            if window.take("]"):
                break
            sign = window.take(",")
        if not sign or window.sign():
            raise _broken(file, number)


class _Window:
    """A stretch of a long JSON text, moved on as its values are taken."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text, self._held, self._at = text, "", 0
        self._decoder = json.JSONDecoder()

    def sign(self) -> str:
        """Return the next character that is not blank; empty at the end."""
        while True:
            while self._at < len(self._held) and self._held[self._at] in _BLANKS:
                self._at += 1
            if self._at < len(self._held) or not self._more():
                return self._held[self._at : self._at + 1]

    def take(self, sign: str) -> str:
        """Step over a sign and return it; empty where another one stands."""
        found = self.sign() == sign
        self._at += found
        return sign if found else ""

    def value(self) -> Any:
        """Return the value that begins here."""
        self.sign()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._held, self._at)
            except ValueError:
                if len(self._held) - self._at > _LONGEST or not self._more():
                    raise
                continue
            if end < len(self._held) or not self._more():  # a number may go on
                self._at = end
                return value

    def _more(self) -> bool:
        block = self._text.read(max(_WINDOW, len(self._held) - self._at))
        self._held, self._at = self._held[self._at :] + block, 0
        return bool(block)


def _broken(file: InputFile, number: int = 0) -> InputError:
    after = f" after element {number:,}" if number else ""
    return InputError(
        f"{file.shown}: not valid JSON{after}",
        "export it again, or as NDJSON (one object per line)",
    )


def _rows_of(content: Any, label: str, line: int) -> Iterator[Record | Rejected]:
    wrapped = _wrapped(content)
    for row in [content] if wrapped is None else wrapped:
        if isinstance(row, dict) and row:
            yield Record(line, row)
        else:
            yield Rejected(label, line, "not valid JSON" if row is None else "not a JSON object")


def _wrapped(content: Any) -> list[Any] | None:
    """Return the list in a page of a list endpoint; such a page has no id of its own."""
    if isinstance(content, dict) and "id" not in content:
        embedded = content.get("_embedded")  # HAL, as Help Scout answers
        page = embedded if isinstance(embedded, dict) else content
        for key in _LIST_KEYS:
            if isinstance(page.get(key), list):
                return list(page[key])
    return None
