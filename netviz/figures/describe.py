"""Facts into words: what stands in for a figure when it is not seen, in each language of the site.

The words are messages of `netviz.languages`, ``figures.ftl``; here each kind of figure says which facts go into its
own. Pages are woven with this, so it needs neither NumPy nor Matplotlib.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from netviz.figures.figure import PLACES, Figure, Panel
from netviz.figures.views import views
from netviz.languages.known import FIRST
from netviz.languages.messages import Messages, identifier, message_beside_code, messages

SPREAD_OUT = 1.5 / 9  # a ninth of the picture with less of the weight than this stands out from nothing

FigureFacts = Mapping[str, Any]


def place_words(row: float, column: float, language: str) -> str:
    """Where in a picture: ``upper left`` or ``左上方`` for fractions of its height and width, 0 to 1."""
    return messages(language, "figures")("place", place=PLACES[3 * _third(row) + _third(column)])


def term(key: str, language: str) -> str:
    """The words for a number, a series of a chart, a column of a table or a setting, as ``terms.ftl`` has them.

    A key that is not there is its own word.
    """
    return messages(language, "terms")(identifier(key)) if is_term(key) else key.replace("_", " ")


def known_term(text: str, language: str) -> str:
    """The words for a text if it is a term; any other text as it is."""
    return term(text, language) if is_term(text) else text


def is_term(key: str) -> bool:
    """Whether there are words for a key."""
    return messages(FIRST, "terms").has(identifier(key))


def alt_text(figure: Figure, panel: Panel | None, language: str, names: Mapping[str, str]) -> str:
    """One sentence that says what a panel shows; of the whole figure, if ``panel`` is None.

    ``names`` are the words for ``method``, ``target`` and ``picture`` in that language, and for a chart's axes ``x``
    and ``y``; each may be missing. Raises ValueError for a language that is not spoken here.
    """
    say = messages(language, "figures")
    if panel is None and figure.panels:
        first = alt_text(figure, figure.panels[0], language, names)
        return say("several", count=len(figure.panels), first=first) if len(figure.panels) > 1 else first
    kind = (panel.role.partition(":")[0] if panel else figure.view).replace("-", "_")
    facts = {**figure.facts, **(panel.facts if panel else {})}
    if panel:
        facts["role"] = panel.role
    given = _optional({key: names.get(key) or None for key in ("method", "target", "picture", "x", "y")})
    declared = views().get(figure.view)
    if declared and (own := declared.alt):
        told = {key: value for key, value in facts.items() if isinstance(value, str | int | float)}
        return message_beside_code(own, language)(**{**told, **given})
    if kind not in _MESSAGES:
        known = [given[key] for key in ("method", "target", "picture") if key in given]
        return say("other", **_optional({"names": say("comma").join(known) or None}))
    message, values = _MESSAGES[kind]
    return say(message, **given, **values(facts, say, language))


def _optional(values: FigureFacts) -> dict[str, Any]:
    """Values that may be missing (None), each with ``has_…``."""
    there = {name: value for name, value in values.items() if value is not None}
    return there | {f"has_{name}": name in there for name in values}


def _of_map(facts: FigureFacts, say: Messages, language: str) -> dict[str, Any]:
    state = facts["state"]
    laid = "grid" if facts.get("upsampling") == "nearest" and facts["role"] == "raw" else "over"
    height, width = facts["grid"]
    values = {
        "state": state.replace(" ", "-"),
        "numbered": bool(facts.get("number")),
        "laid": laid if facts.get("underlay") else "on",
        "height": height,
        "width": width,
        "near_zero": state == "near zero",
        "faint": bool(facts.get("faint")),
        "spread_out": facts.get("place_share", 1) < SPREAD_OUT,
        **_optional({"positive_share": facts.get("positive_share"), "greatest": _other_place(facts, say)}),
    }
    return values | _some(facts, "number", "count", "place", "concentration", "raw_max")


def _other_place(facts: FigureFacts, say: Messages) -> str | None:
    """Where a map is greatest, if that is not where it has most weight: what speaks against weighs, too."""
    greatest = facts.get("greatest_place")
    return say("place", place=greatest) if greatest and greatest != facts["place"] else None


def _some(facts: FigureFacts, *names: str) -> dict[str, Any]:
    """Those of the facts that are there."""
    return {name: facts[name] for name in names if facts.get(name) is not None}


def _of_picture(facts: FigureFacts, say: Messages, language: str) -> dict[str, Any]:
    look = _some(facts, "number", "count", "light", "colour", "contrast", "grain")
    return look | {"made": bool(facts.get("made")), "numbered": facts.get("count", 1) > 1}


def _of_regions(facts: FigureFacts, say: Messages, language: str) -> dict[str, Any]:
    positive = sum(one["sign"] == "for" for one in facts["outlines"])
    place = facts["places"][0] if facts["places"] else ""
    return _some(facts, "shown", "largest") | {"place": place, "positive": positive}


def _of_change(facts: FigureFacts, say: Messages, language: str) -> dict[str, Any]:
    return _some(facts, "mean_change", "max_change")


def _of_difference(facts: FigureFacts, say: Messages, language: str) -> dict[str, Any]:
    times = facts.get("amplification", 0)
    return {"changed": facts["max_change"] != 0, "times": times, "shrunk": times < 1}


def _of_layer(facts: FigureFacts, say: Messages, language: str) -> dict[str, Any]:
    ranked = "largest" if facts["vector"] else "no" if facts.get("signed") else "on-average"
    return _some(facts, "layer", "channels", "columns", "height", "width", "vector", "dead", "strongest") | {
        "state": facts["state"].replace(" ", "-"),
        "ranked": ranked,
    }


def _of_chart(facts: FigureFacts, say: Messages, language: str) -> dict[str, Any]:
    low, high = facts["x_range"]
    return {
        "curve": facts["role"] == "curve",
        "low": low,
        "high": high,
        "series": say("semicolon").join(_of_series(entry, facts["role"], say, language) for entry in facts["series"]),
        "identity": bool(facts.get("identity")),
    }


def _of_series(entry: FigureFacts, role: str, say: Messages, language: str) -> str:
    if entry["first"] is None:
        kind = "empty"
    elif role == "scatter":
        kind = "points" if entry["correlation"] is None else "correlated"
    else:
        kind = "line"
    found = _some(entry, "points", "correlation", "first", "last", "least", "greatest")
    return say("series", kind=kind, name=term(entry["name"], language), **found)


def _of_plane(facts: FigureFacts, say: Messages, language: str) -> dict[str, Any]:
    groups = [
        say("group", name=term(one["name"], language), points=one["count"], is_line=number >= facts["groups"])
        for number, one in enumerate(facts["series"])
    ]
    return {"groups": say("comma").join(groups)}


def _of_matrix(facts: FigureFacts, say: Messages, language: str) -> dict[str, Any]:
    labels = facts.get("names") or [str(number + 1) for number in range(facts["side"])]
    values = {"side": facts["side"]} | _optional({key: facts[key] and facts[key]["value"] for key in EXTREMES})
    for key in EXTREMES:
        if facts[key]:
            values[f"{key}_first"], values[f"{key}_second"] = labels[facts[key]["row"]], labels[facts[key]["column"]]
    return values


def _of_bars(facts: FigureFacts, say: Messages, language: str) -> dict[str, Any]:
    of = {"class": "classes", "name": "names"}.get(facts["key"], "regions")
    value = facts.get("probability" if of == "classes" else "largest")
    first = term(facts["first"], language) if of == "names" and value is not None else ""
    return {"of": of, "shown": facts["shown"], "first": first, **_optional({"value": value})}


def _of_text(facts: FigureFacts, say: Messages, language: str) -> dict[str, Any]:
    words = {key: facts[key]["word"] for key in EXTREMES if key in facts}
    return {"shown": facts["shown"], **words, **{f"{key}_value": facts[key]["value"] for key in words}}


def _of_tree(facts: FigureFacts, say: Messages, language: str) -> dict[str, Any]:
    return _some(facts, "questions", "leaves") | {"first": term(facts["first"], language)}


def _of_nothing(facts: FigureFacts, say: Messages, language: str) -> dict[str, Any]:
    return {}


EXTREMES = ("highest", "lowest")
_MESSAGES: Mapping[str, tuple[str, Callable[[FigureFacts, Messages, str], dict[str, Any]]]] = {
    "signed": ("map", _of_map),
    "map": ("map", _of_map),
    "overlay": ("map", _of_map),
    "raw": ("map", _of_map),
    "picture": ("picture", _of_picture),
    "regions": ("regions", _of_regions),
    "before": ("before", _of_nothing),
    "after": ("after", _of_change),
    "difference": ("difference", _of_difference),
    "layer": ("layer", _of_layer),
    "curve": ("chart", _of_chart),
    "scatter": ("chart", _of_chart),
    "matrix": ("matrix", _of_matrix),
    "plane": ("plane", _of_plane),
    "bars": ("bars", _of_bars),
    "text": ("text", _of_text),
    "cloud": ("cloud", _of_text),
    "tree": ("tree", _of_tree),
}  # by a panel's role or a figure's view: its message, and the values that go into it


def _third(fraction: float) -> int:
    return min(max(int(3 * fraction), 0), 2)
