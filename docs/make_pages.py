"""Writes one page per command from what the commands say of themselves.

    python docs/make_pages.py

A test fails where a page says something else than `--help`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from cxtopics.cli import app

FOLDER = Path(__file__).parent / "commands"
PROGRAM = "cxtopics"


def main() -> None:
    """Write every page, and remove those of commands that are gone."""
    made = pages()
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """Return the text of every page by file name."""
    commands = list(_commands(typer.main.get_command(app), ()))
    found = {f"{'-'.join(words)}.md": _page(words, command) for words, command in commands}
    lines = [
        f"- [`{PROGRAM} {' '.join(words)}`]({name}): {_summary(text)}"
        for (words, _), (name, text) in zip(commands, found.items(), strict=True)
    ]
    found["README.md"] = "# Commands\n\n" + "\n".join(lines) + "\n"
    return found


def _commands(
    command: TyperCommand | TyperGroup, words: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], TyperCommand]]:
    if isinstance(command, TyperGroup):
        for name, inner in sorted(command.commands.items()):
            yield from _commands(inner, (*words, name))
    else:
        yield words, command


def _page(words: tuple[str, ...], command: TyperCommand) -> str:
    options = [param for param in command.params if isinstance(param, TyperOption)]
    arguments = [param for param in command.params if isinstance(param, TyperArgument)]
    shown = [_shown(argument) for argument in arguments]
    usage = " ".join([PROGRAM, *words, *shown, *(["[OPTIONS]"] if options else [])])
    parts = [f"# {PROGRAM} {' '.join(words)}", _prose(command.help or ""), f"```\n{usage}\n```"]
    if arguments:
        rows = [
            (f"`{name}`", _cell(argument.help))
            for name, argument in zip(shown, arguments, strict=True)
        ]
        parts.append(_table(("argument", ""), rows))
    if options:
        parts.append(_table(("option", "", "default"), [_option(option) for option in options]))
    return "\n\n".join(parts) + "\n"


def _shown(argument: TyperArgument) -> str:
    name = (argument.metavar or argument.name or "").strip("[]").upper()
    return name if argument.nargs > 0 or name.endswith("...") else f"{name}..."


def _option(option: TyperOption) -> tuple[str, str, str]:
    names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
    default = (
        ""
        if option.default in (None, False, [], ()) or callable(option.default)
        else option.default
    )
    return (
        names,
        _cell(option.help),
        f"`{getattr(default, 'value', default)}`" if default != "" else "",
    )


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


def _prose(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))


def _summary(page: str) -> str:
    """Return the first sentence after the title."""
    return page.split("\n\n")[1].split(". ")[0].rstrip(".")


if __name__ == "__main__":
    main()
