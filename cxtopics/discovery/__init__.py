"""What the topics miss: new ones, ones to split or merge, and labels to look at again.

    tagged + model -> Suggestions (new topics, splits, merges) -> YAML for people to edit
    labels         -> the labels that are probably wrong
    model          -> pairs of topics that are taken for one another

    suggesting    reads the contacts, finds groups
    evidence      what the model knows of each text, and how much is new in it
    candidates    a group of contacts, and a stub for the topics file
    describing    a group's words, trend and examples
    misfiled      overlaps of topics; labels to look at again
    table         the columns that all of them read

Nothing is changed here: people read the suggestions and edit the topics file.
"""

from cxtopics.discovery.candidates import Candidate, Suggestions
from cxtopics.discovery.misfiled import check_labels, rank_topic_overlaps
from cxtopics.discovery.suggesting import suggest_topics

__all__ = ["Candidate", "Suggestions", "check_labels", "rank_topic_overlaps", "suggest_topics"]
