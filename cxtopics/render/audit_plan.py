"""The plan of an audit as plain text."""

from __future__ import annotations

import pandas as pd

__all__ = ["plan_text"]


def plan_text(table: pd.DataFrame, half_width: float, factor: float) -> str:
    """Return the table that `audit.plan_audit` made, one line per topic."""
    sizes = [name for name in table.columns if isinstance(name, int)]
    head = f"{'topic':<34}{'share':>8}{f'for +-{half_width:.0%}':>12}"
    head += "".join(f"{f'at {n:,}':>10}" for n in sizes)
    lines = [head]
    for row in table.to_dict(orient="records"):
        cells = "".join(f"{_relative(row[n]):>10}" for n in sizes)
        needed = f"{row['needed']:,.0f}"
        lines.append(f"{str(row['topic'])[:33]:<34}{row['share']:>8.2%}{needed:>12}{cells}")
    lines.append("")
    lines.append(
        "95 % half-widths, relative to the topic's count; errors taken to be "
        f"{factor:.2f} times what the scores promise. With fewer than 200 checked contacts a "
        "period is not reportable per topic."
    )
    return "\n".join(lines)


def _relative(width: float) -> str:
    return f"+-{width:.0%}" if width < 1 else "> 100%"
