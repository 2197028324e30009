"""HTML to text, quoted mails marked as such."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

__all__ = ["html_to_text"]

_MARKUP = re.compile(r"<[a-zA-Z!/]|&[a-zA-Z#]")
_BLANKS = re.compile(r"[^\S\xa0]+")
_BREAKS = re.compile(
    r"<(?:br|/?(?:p|div|li|ul|ol|tr|table|h[1-6]|blockquote|pre|section|article|hr))\b",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"</p\b", re.IGNORECASE)
_UNREAD = "script, style, head, title, template, noscript, svg"
_MAX_OPEN = 2000  # tags never closed; a body with more is no mail, and slow to parse


def html_to_text(html: str, *, keep_quotes: bool = False) -> str:
    """Return the text of an HTML body, a line per block.

    Parameters
    ----------
    html
        A document or a fragment; plain text passes unchanged.
    keep_quotes
        Keep the words of `<blockquote>`. By default each becomes a line `>`, so that the
        line above it ("On ... wrote:") is known for what it is, and an answer written
        between two quotes is kept.
    """
    if not _MARKUP.search(html):
        return html
    flat = _BLANKS.sub(" ", html)
    flat = _BREAKS.sub(r"\n\g<0>", _PARAGRAPH.sub(r"\n\g<0>", flat))
    if flat.count("<") - 2 * flat.count("</") > _MAX_OPEN:
        return re.sub(r"<[^>]*>", "", flat)
    tree = LexborHTMLParser(flat)
    for node in tree.css(_UNREAD):
        node.decompose()
    if not keep_quotes:
        while quote := tree.css_first("blockquote"):
            quote.replace_with("\n>\n")
    root = tree.body or tree.root
    return root.text(deep=True, separator="") if root else ""
