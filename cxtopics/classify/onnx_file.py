"""What an ONNX file asks for, read before a runtime sees it.

An ONNX file can name other files to be read (external data), operators of libraries to be
loaded, functions and loops of its own. An exported encoder needs none of that: it is
standard operators over weights inside the file. The file is protobuf, whose wire format
takes a few lines (https://protobuf.dev/programming-guides/encoding), so that what is not
understood is refused here and never guessed; field numbers are those of `onnx.proto`.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

__all__ = ["check_onnx"]

_DOMAINS = frozenset(("", "ai.onnx"))
_NOT_NEEDED = frozenset(("Loop", "Scan", "Optional", "SequenceMap"))
_DEEPEST = 8  # graphs within graphs
_BITS = 4  # of the smallest element


def check_onnx(path: Path) -> None:
    """Refuse an ONNX file that is more than standard operators over its own weights.

    Raises
    ------
    ValueError
        With the reason: external data, operators or functions of other libraries, loops,
        tensors larger than the file, or no ONNX at all.
    """
    if path.stat().st_size == 0:
        raise ValueError("is empty")
    with path.open("rb") as raw:
        _check_model(memoryview(mmap.mmap(raw.fileno(), 0, access=mmap.ACCESS_READ)))


def _check_model(model: memoryview) -> None:
    graphs = 0
    for number, value in _fields(model):
        if number == 7:
            graphs += 1
            _check_graph(_message(value), 0)
        elif number == 8:
            for inner, domain in _fields(_message(value)):
                if inner == 1:
                    _check_domain(domain)
        elif number in (20, 25):
            raise ValueError("holds training steps or functions of its own")
    if graphs != 1:
        raise ValueError("is no ONNX model")


def _check_graph(graph: memoryview, depth: int) -> None:
    if depth > _DEEPEST:
        raise ValueError("nests graphs too deeply")
    for number, value in _fields(graph):
        if number == 1:
            _check_node(_message(value), depth)
        elif number == 5:
            _check_tensor(_message(value))
        elif number == 15:
            raise ValueError("holds sparse tensors")


def _check_node(node: memoryview, depth: int) -> None:
    for number, value in _fields(node):
        if number == 4 and bytes(_message(value)).decode("utf-8", "replace") in _NOT_NEEDED:
            raise ValueError("holds loops")
        if number == 7:
            _check_domain(value)
        if number == 5:
            for inner, content in _fields(_message(value)):
                if inner in (5, 10):
                    _check_tensor(_message(content))
                elif inner in (6, 11):
                    _check_graph(_message(content), depth + 1)
                elif inner in (22, 23):
                    raise ValueError("holds sparse tensors")


def _check_tensor(tensor: memoryview) -> None:
    n_elements = 1
    for number, value in _fields(tensor):
        if number in (13, 14) and value != 0:
            raise ValueError("keeps its weights in other files")
        if number == 1:
            for n in [value] if isinstance(value, int) else _packed(value):
                n_elements *= n
    if n_elements * _BITS > 8 * len(tensor) + 64:
        raise ValueError("declares a tensor larger than it is")


def _check_domain(value: int | memoryview) -> None:
    domain = bytes(_message(value)).decode("utf-8", "replace")
    if domain not in _DOMAINS:
        raise ValueError("needs operators that are not standard ONNX")


def _message(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise ValueError("is no ONNX model")
    return value


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield a message's fields by number; nothing is copied."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(message, at)
            yield number, value
            continue
        if kind == 2:
            n_bytes, at = _varint(message, at)
        elif kind in (1, 5):
            n_bytes = 8 if kind == 1 else 4
        else:
            raise ValueError("is no ONNX model")
        if number == 0 or at + n_bytes > len(message):
            raise ValueError("is cut off")
        yield number, message[at : at + n_bytes]
        at += n_bytes


def _packed(values: memoryview) -> Iterator[int]:
    at = 0
    while at < len(values):
        value, at = _varint(values, at)
        yield value


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 64:
        if at >= len(message):
            raise ValueError("is cut off")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError("is no ONNX model")
