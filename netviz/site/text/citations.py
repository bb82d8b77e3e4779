"""Works that are cited, as a language says who wrote them and which passage is meant. Titles stay as they are."""

from __future__ import annotations

from netviz.languages.known import FIRST
from netviz.languages.messages import identifier, messages

_AND, _OTHERS = " and ", " et al."


def authors(names: str, language: str) -> str:
    """Who wrote a work, from how English says it: ``Lundberg and Lee`` or ``Bach et al.``, for example."""
    if language == FIRST:
        return names
    say = messages(language, "citations")
    if names.endswith(_OTHERS):
        return say("and_others", authors=authors(names.removesuffix(_OTHERS), language))
    first, _, last = names.rpartition(_AND)
    listed = say("comma").join(first.split(", "))
    return say("joined", first=listed, last=last) if first else last


def passage(place: str, language: str) -> str:
    """A passage of a work, such as ``section 3``; as English says it where the language has no words for it."""
    say = messages(language, "citations")
    return say(identifier(place)) if language != FIRST and say.has(identifier(place)) else place
