"""Tables as files for a spreadsheet: csv and xlsx, without a formula that comes to life when they are opened.

A cell that begins like a formula gets an apostrophe in front in csv, where the file itself cannot say that it is text;
in xlsx it is text by its type.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

ALIVE = ("=", "+", "-", "@", "\t", "\r")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """With the mark of UTF-8 in front, without which Excel takes Thai for something else."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([plain(cell) for cell in head])
    writer.writerows([plain(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def plain(cell: Any) -> Any:
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(ALIVE) else cell


def as_xlsx(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Row by row, so that a long table does not stand in memory."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for column, cell in enumerate(head):
            sheet.write_string(0, column, cell, bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if cell is None:
                    continue
                sheet.write(number, column, cell)
    return out.getvalue()


def written(kind: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    return as_xlsx(head, rows) if kind == "xlsx" else as_csv(head, rows)
