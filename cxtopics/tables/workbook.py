"""Tables written as XLSX: text stays text, nothing in it is ever run."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from cxtopics.errors import InputError, MissingExtraError
from cxtopics.tables.formulas import defuse_formulas

__all__ = ["write_workbook"]

_MAX_ROWS = 1_048_576  # of a sheet, the header among them
_MAX_CHARS = 32_767  # of a cell
_EPOCH = (1980, 1, 1, 0, 0, 0)  # of every file in the zip, so that the same table is the same file
_HINT = "write Parquet or CSV: -o table.parquet"


def write_workbook(sheets: Mapping[str, Iterable[pd.DataFrame]], path: Path, shown: Path) -> None:
    """Write tables as the sheets of a workbook; times as text in UTC, the head stays in sight.

    Parameters
    ----------
    sheets
        The parts of each table in their order, by the name of its sheet.
    shown
        Names the workbook in errors.

    Raises
    ------
    MissingExtraError
        Without openpyxl.
    InputError
        If a sheet cannot hold its table: too many rows, or a cell too long.
    """
    try:
        import openpyxl
        from openpyxl.writer.excel import ExcelWriter
    except ImportError:
        raise MissingExtraError("writing XLSX", "excel") from None
    book = openpyxl.Workbook(write_only=True)
    book.properties.created = book.properties.modified = datetime(*_EPOCH[:3])
    try:
        for name, parts in sheets.items():
            _fill(book.create_sheet(name), parts, shown)
    except BaseException:
        for sheet in book.worksheets:
            sheet.close()
            sheet._writer.cleanup()  # it waits in a temporary file
        raise
    dated = path.with_name("dated.xlsx")
    with zipfile.ZipFile(dated, "w", zipfile.ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).save()  # `book.save` would set the time of its last change
    _undate(dated, path)


def _fill(sheet: Any, parts: Iterable[pd.DataFrame], shown: Path) -> None:
    sheet.freeze_panes = "A2"
    for n_rows, row in enumerate(_rows(parts), start=1):
        if n_rows > _MAX_ROWS:
            raise InputError(f"{shown}: more than {_MAX_ROWS:,} rows, a sheet's most", _HINT)
        sheet.append([_to_cell(sheet, value, f"{shown}: row {n_rows}") for value in row])


def _to_cell(sheet: Any, value: Any, where: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    if len(value) > _MAX_CHARS:
        raise InputError(
            f"{where} has a cell of {len(value):,} characters, a sheet's most is {_MAX_CHARS:,}",
            _HINT,
        )
    cell = WriteOnlyCell(sheet)
    cell._value, cell.data_type = value, "s"  # never a formula, whatever it begins with
    return cell


def _rows(parts: Iterable[pd.DataFrame]) -> Iterator[list[Any]]:
    for number, part in enumerate(parts):
        safe = defuse_formulas(part)
        if number == 0:
            yield [_cell(name) for name in safe.columns]
        columns = [[_cell(cell) for cell in safe[name].astype(object)] for name in safe.columns]
        yield from (list(row) for row in zip(*columns, strict=True))


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(char for char in value if char >= " " or char in "\t\n\r")
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if hasattr(value, "item"):
        value = value.item()
    return value if isinstance(value, bool | int | float) else str(value)


def _undate(dated: Path, path: Path) -> None:
    """Copy a zip without the times at which its files were made."""
    with zipfile.ZipFile(dated) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            with old.open(name) as content, new.open(info, "w") as copy:
                shutil.copyfileobj(content, copy)
    dated.unlink()
