"""The one way a page is made: Jinja2, everything escaped that is not marked safe by us.

A page loads nothing. Its one script sorts and filters tables; the page's policy names that
script by its hash, so that a browser runs no other, and everything reads without it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup, escape

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
    names = ("cell", "interval", "money", "number", "percent")
    environment.filters.update({name: getattr(words, name) for name in names})
    environment.filters["with_code"] = _with_code
    script = _script(environment)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    environment.globals.update(script=script, script_hash=f"sha256-{digest}")
    return environment


def _with_code(sentence: str) -> Markup:
    """Return a sentence as HTML, commands in backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(sentence))))  # noqa: S704


def _script(environment: jinja2.Environment) -> Markup:
    if environment.loader is None:
        raise ValueError("got no loader of templates")
    text, _, _ = environment.loader.get_source(environment, "tables.js")
    return Markup(text)  # noqa: S704 (ours, and no template)


def page(template: str, **content: Any) -> str:
    """Return a page as HTML text that needs no other file and no network."""
    return _templates().get_template(template).render(**content)
