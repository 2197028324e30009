"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

__all__ = [
    "CostsFile",
    "Dialect",
    "EffortOption",
    "Files",
    "Mapping",
    "Model",
    "Redact",
    "Slices",
    "TextColumn",
    "TopicColumn",
    "Topics",
    "TopicsFile",
    "Zone",
]

Files = Annotated[list[Path], typer.Argument(help="One or more files.", show_default=False)]
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
TopicsFile = Annotated[
    Optional[Path], typer.Argument(help="Topics file; default: the bundled one.")
]
