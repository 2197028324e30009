"""Where a run of the flow keeps what it makes, and what comes with the program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Folders", "bundled", "bundled_topics"]


@dataclass(frozen=True)
class Folders:
    """Where a run of the flow keeps its tables, pages and model."""

    contacts: Path
    orders: Path
    tagged: Path
    report: Path
    ranking: Path
    model: Path

    @classmethod
    def under(cls, root: str | Path) -> Folders:
        """Return the places under one folder."""
        root = Path(root)
        return cls(
            contacts=root / "2-contacts" / "contacts.parquet",
            orders=root / "2-contacts" / "orders.parquet",
            tagged=root / "3-tagged" / "tagged.parquet",
            report=root / "4-report",
            ranking=root / "5-ranking",
            model=root / "model",
        )


def bundled(name: str) -> Path:
    """Return a file or folder that comes with the program (`topics`, `1-export`)."""
    here = Path(__file__).parent.parent
    installed = here / "bundled" / name
    if installed.exists():
        return installed
    return here.parent / {"1-export": "data/1-export"}.get(name, name)


def bundled_topics() -> Path:
    """Return the topics file that comes with the program."""
    return bundled("topics") / "ecommerce.yaml"
