"""HTML to text: a line per block, quoted mails marked as such, signatures set apart."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cxtopics.text.attributions import find_separator

__all__ = ["html_to_text"]

_MARKUP = re.compile(r"<[a-zA-Z!/]|&[a-zA-Z#]")
_BLANKS = re.compile(r"[^\S\xa0]+")
_BREAKS = re.compile(
    r"<(?:br|/?(?:p|div|li|ul|ol|dl|dt|dd|tr|table|h[1-6]|blockquote|pre|section|article|header|"
    r"footer|address|hr))\b",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"</p\b", re.IGNORECASE)
_CELL = re.compile(r"</t[dh]\b", re.IGNORECASE)
_TAG = re.compile(
    r"<(/?)(?!(?:br|hr|img|p|li|meta|link|input|col|wbr|o:p)\b)[a-zA-Z]", re.IGNORECASE
)
_ANY_TAG = re.compile(r"<[^<>]*>?")
_IMAGE_DATA = re.compile(r"data:[a-z/+.-]{1,40};base64,[A-Za-z0-9+/=]*")
_UNREAD = "script, style, head, title, template, noscript, svg"
_MAX_FORWARDS = 20  # quotes looked at for being forwarded mails
_MAX_DEPTH = 2000  # of tags; a body with more is no mail, and slow to parse

_QUOTES = "blockquote, .yahoo_quoted, [id^=yahoo_quoted], .protonmail_quote, .tutanota_quote"
_INDENT = re.compile(r"border(?:-left)?\s*:\s*(?:none|0)", re.IGNORECASE)  # Gmail's "indent more"
_ATTRIBUTION = ".gmail_attr, .moz-cite-prefix"
_SIGNATURES = (
    ".gmail_signature, [data-smartmail=gmail_signature], .moz-signature, [id=Signature], "
    "[id=x_Signature], [id=ms-outlook-mobile-signature], [id=AppleMailSignature], "
    "[id=signature], .protonmail_signature_block, [id^=ydp][id$=signature], .aol_signature"
)
_LONGEST_SIGNATURE = 600  # characters; some programs let people write in it


def html_to_text(html: str, *, keep_quotes: bool = False) -> str:
    """Return the text of an HTML body, a line per block and a blank between cells.

    Parameters
    ----------
    html
        A document or a fragment; plain text passes unchanged.
    keep_quotes
        Keep the words of `<blockquote>` and of signatures. By default each quote becomes a
        line `>`, so that the line above it ("On ... wrote:") is known for what it is, and an
        answer written between two quotes is kept.
    """
    if not _MARKUP.search(html):
        return html
    if ";base64," in html:
        html = _IMAGE_DATA.sub("", html)
    flat = _flatten(html)
    flat = _BREAKS.sub(r"\n\g<0>", _PARAGRAPH.sub(r"\n\g<0>", _CELL.sub(r" \g<0>", flat)))
    if _is_deep(flat):
        return _ANY_TAG.sub("", flat)
    tree = LexborHTMLParser(flat)
    for node in tree.css(_UNREAD):
        node.decompose()
    if not keep_quotes:
        _mark_quotes(tree)
    root = tree.body or tree.root
    return root.text(deep=True, separator="") if root else ""


def _flatten(html: str) -> str:
    """Fold white space, but not in `<pre>`, whose lines are meant."""
    lowered = html.lower() if "<pre" in html or "<PRE" in html else ""
    if not lowered or len(lowered) != len(html):
        return _BLANKS.sub(" ", html)
    parts, done = [], 0
    while (start := lowered.find("<pre", done)) >= 0:
        end = lowered.find("</pre", start)
        if end < 0:
            break
        parts += [_BLANKS.sub(" ", html[done:start]), html[start:end]]
        done = end
    return "".join([*parts, _BLANKS.sub(" ", html[done:])])


def _is_deep(html: str) -> bool:
    """Tell whether tags may be nested so deeply that parsing would take long."""
    if html.count("<") <= _MAX_DEPTH:
        return False
    depth = 0
    for closing in _TAG.findall(html):
        depth = max(depth - 1, 0) if closing else depth + 1
        if depth > _MAX_DEPTH:
            return True
    return False


def _mark_quotes(tree: LexborHTMLParser) -> None:
    """Replace quotes and their attributions by a line `>`, take out signatures."""
    quotes = tree.css(_QUOTES)
    for node in reversed(quotes):  # the inner ones first
        if len(quotes) <= _MAX_FORWARDS and _is_forward(node):
            node.unwrap()
        elif not _is_indent(node):
            node.replace_with("\n>\n")
    for node in tree.css(_ATTRIBUTION):
        if "---" not in node.text():  # that would be a forwarded mail's
            node.replace_with("\n>\n")
    for node in tree.css(_SIGNATURES):
        words = node.text()
        if len(words) <= _LONGEST_SIGNATURE and "?" not in words:
            node.decompose()


def _is_forward(node: LexborNode) -> bool:
    """Tell whether a quote is a whole forwarded mail, as Apple Mail writes them."""
    lines = (line.strip().casefold() for line in node.text()[:500].split("\n"))
    return find_separator(next(filter(None, lines), "")) == "forward"


def _is_indent(node: LexborNode) -> bool:
    style = node.attributes.get("style") or ""
    return (
        node.tag == "blockquote"
        and bool(_INDENT.search(style))
        and node.attributes.get("type") != "cite"
        and "quote" not in (node.attributes.get("class") or "")
    )
