"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

__all__ = [
    "Changes",
    "CostsFile",
    "Dialect",
    "EffortOption",
    "Explain",
    "Files",
    "Keep",
    "Mapping",
    "MaxUnpacked",
    "Messages",
    "Model",
    "Redact",
    "Slices",
    "TextColumn",
    "TopicColumn",
    "Topics",
    "TopicsFile",
    "Workers",
    "Xlsx",
    "Zone",
    "n_bytes",
]

Files = Annotated[
    list[Path],
    typer.Argument(help="Files, folders, patterns in quotes, .gz, .zip.", show_default=False),
]
Dialect = Annotated[
    Optional[str], typer.Option("--from", help="The export's dialect; default: found out.")
]
Mapping = Annotated[
    Optional[Path], typer.Option("--map", help="YAML file: canonical column -> source column.")
]
Zone = Annotated[
    Optional[str], typer.Option("--timezone", help="Of stamps without offset, e.g. Europe/Paris.")
]
EffortOption = Annotated[
    Literal["fast", "balanced", "best"],
    typer.Option("--effort", help="How much of the work the light stage may do alone."),
]
Redact = Annotated[
    bool, typer.Option("--redact", help="Store texts without e-mail, phone, card, IBAN, name, ...")
]
Keep = Annotated[
    Optional[list[str]],
    typer.Option(help="Count rows left out for this reason, e.g. merged; may be repeated."),
]
MaxUnpacked = Annotated[
    Optional[float],
    typer.Option(
        min=0,
        show_default=False,
        help="GB that a .gz, .zip or .xlsx may unpack to; default: 20, and 200 times its size.",
    ),
]
Workers = Annotated[
    Optional[int], typer.Option(min=1, help="Default: all cores.", show_default=False)
]
Explain = Annotated[
    bool, typer.Option("--explain", help="Say how the files are understood; write nothing.")
]
TextColumn = Annotated[str, typer.Option(help="Column with the contact's text.")]
TopicColumn = Annotated[str, typer.Option(help="Column with the topic.")]
Topics = Annotated[
    Optional[Path], typer.Option("--topics", help="Topics file; default: the one used to tag.")
]
Slices = Annotated[
    Optional[list[str]],
    typer.Option(
        "--slice",
        help="Column to cut by (repeatable); default: channel, sku, carrier, country, "
        "new_or_returning, where the tables have them.",
    ),
]
Model = Annotated[Path, typer.Option("--model", help="Folder that `train` wrote.")]
CostsFile = Annotated[Optional[Path], typer.Option("--costs", help="YAML file with your costs.")]
Changes = Annotated[
    Optional[Path],
    typer.Option("--changes", help="YAML log of what was changed when; see docs/decisions.md."),
]
Messages = Annotated[
    int, typer.Option(min=0, max=50, help="Redacted messages to show on each topic's page.")
]
Xlsx = Annotated[bool, typer.Option("--xlsx", help="Write the tables as one XLSX file too.")]
TopicsFile = Annotated[
    Optional[Path], typer.Argument(help="Topics file; default: the bundled one.")
]


def n_bytes(gigabytes: float | None) -> int | None:
    """Return gigabytes as bytes; None where none were given."""
    return None if gigabytes is None else int(gigabytes * 1e9)
