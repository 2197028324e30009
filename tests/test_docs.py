"""What the pages say is so: recipes, commands, columns, links."""

import importlib.util
import re
import shlex

import pytest
import typer
from conftest import ROOT

from cxtopics.cli import app
from cxtopics.schemas import CONTACTS, ORDERS, TAG_COLUMNS, TOPIC_RANKS, TOPIC_RATES

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "topics" / "README.md"])
COMMANDS = typer.main.get_command(app)


def commands_in(text: str) -> list[list[str]]:
    """Return the words of every `cxtopics ...` in code blocks and code spans."""
    code = re.findall(r"```[a-z]*\n(.*?)```|`([^`\n]+)`|^    (.+)$", text, re.DOTALL | re.MULTILINE)
    lines = [line for found in code for part in found for line in part.splitlines()]
    words = [
        shlex.split(line, comments=True) for line in lines if "cxtopics" in line and "'" not in line
    ]
    return [
        line[number + 1 :]
        for line in words
        for number, word in enumerate(line[:3])
        if word.split("/")[-1] == "cxtopics" and len(line) > number + 1
    ]


def test_readme_shows_the_recipes_of_the_makefile() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8").replace("$(PYTHON)", "python3")
    recipes = re.findall(r"^\t(.+)$", makefile, re.MULTILINE)
    assert len(recipes) == 4
    for recipe in recipes:
        assert recipe in readme


def test_ci_runs_the_commands_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "\nmake test\n" in script
    assert "make demo\n" in script


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_on_the_pages_exist(page) -> None:
    for words in commands_in(page.read_text("utf-8")):
        command, rest = COMMANDS, list(words)
        while rest and rest[0] in getattr(command, "commands", {}):
            command = command.commands[rest.pop(0)]
        assert command is not COMMANDS or rest[0].startswith("-"), words
        known = {option for param in command.params for option in param.opts}
        for word in rest:
            if word.startswith("-") and word != "-":
                assert word in known | {"--help"}, (page.name, words)


def test_each_command_has_a_page_that_says_what_help_says() -> None:
    spec = importlib.util.spec_from_file_location("make_pages", ROOT / "docs" / "make_pages.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    written = {path.name: path.read_text("utf-8") for path in maker.FOLDER.glob("*.md")}
    assert written == maker.pages(), "run python docs/make_pages.py"


def test_readme_names_every_command() -> None:
    named = {words[0] for words in commands_in((ROOT / "README.md").read_text("utf-8"))}
    assert len(named) >= 5
    prose = (ROOT / "README.md").read_text("utf-8")
    for name in COMMANDS.commands:
        assert name in named or f"`{name}`" in prose or f"[The {name} file]" in prose, name


def test_tables_page_names_every_column() -> None:
    page = (ROOT / "docs" / "tables.md").read_text("utf-8")
    for schema in (CONTACTS, ORDERS, TOPIC_RATES, TOPIC_RANKS):
        for name in schema.columns:
            base = re.sub(r"_(low|high)$", "", name)
            assert f"`{name}`" in page or f"`{base}`" in page, name
    for name in TAG_COLUMNS:
        assert f"`{name}`" in page, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target
