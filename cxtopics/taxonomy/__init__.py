"""Topics: the customer's problems, kept as YAML that people edit.

    topics     Topic, Taxonomy: the values
    reading    a file -> Taxonomy, or every fault of it with line and hint
    places     where in the file a value stands
    faults     what a schema cannot see: references, lineage, repeated messages
    lineage    what became of an id: renamed, merged, split, retired
    editing    changes to the text of a file that touch nothing else
    framing    labels that name a resolution or a team instead of a problem

A taxonomy is a list of topics in groups, plus four reserved classes for what is no
problem of the 50 (`other`) or no contact at all. Loading checks everything at once and
reports each fault as ``path -> to -> key: message``.
"""

from cxtopics.taxonomy.lineage import Fate, fate_of
from cxtopics.taxonomy.reading import load_taxonomy, parse_taxonomy
from cxtopics.taxonomy.topics import (
    NOT_COUNTED,
    OTHER,
    RESERVED,
    Deflectability,
    Lever,
    Taxonomy,
    Topic,
    nearest_words,
    normalise_text,
)

__all__ = [
    "NOT_COUNTED",
    "OTHER",
    "RESERVED",
    "Deflectability",
    "Fate",
    "Lever",
    "Taxonomy",
    "Topic",
    "fate_of",
    "load_taxonomy",
    "nearest_words",
    "normalise_text",
    "parse_taxonomy",
]
