"""The one way a page is made: Jinja2, everything escaped that is not marked safe by us."""

from __future__ import annotations

from functools import cache
from typing import Any

import jinja2

from cxtopics.render import words

__all__ = ["page"]


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("cxtopics.render"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = {name: getattr(words, name) for name in ("interval", "money", "number", "percent")}
    environment.filters.update(filters)
    return environment


def page(template: str, **content: Any) -> str:
    """Return a page as HTML text that needs no other file, no script and no network."""
    return _templates().get_template(template).render(**content)
