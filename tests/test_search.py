"""The search index: which words of a page are in it, and under which section."""

from __future__ import annotations

import json
from html import escape
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from netviz.site.files.search import SKIPPED, SKIPPED_CLASSES, VOID, entries_of, index_script, old_entries, sections

PAGE = """<!doctype html><nav>elsewhere</nav><article class="text"><p>Beginning <b>of</b>
the&nbsp;page.</p><h2 id="one">The <em>first</em> part</h2><p>Text &lt;b&gt;.<img src="a.webp" alt="unread"></p>
<figure><figcaption>A caption.</figcaption><details class="drawer"><p>hidden</p></details></figure>
<pre>code()</pre><math><mi>x</mi></math><section class="question"><p>answer</p></section>
<dl><dt id="term">term <span>词</span></dt><dd>Meaning.</dd></dl></article><footer>elsewhere</footer>"""


def test_a_page_is_cut_at_its_headings_and_terms_and_only_its_prose_is_kept() -> None:
    assert [(one.anchor, " ".join(one.title.split()), one.text) for one in sections(PAGE, "Title")] == [
        ("", "Title", "Beginning of the page."),
        ("one", "The first part", "Text <b>. A caption."),
        ("term", "term 词", "Meaning."),
    ]


def test_the_index_is_a_script_that_holds_nothing_but_text() -> None:
    script = index_script(entries_of("zh/page.html", "Me\u0301thode", PAGE))
    name, _, value = script.partition(" = ")
    assert name == "window.searchIndex"
    entries = json.loads(value.rstrip(";\n"))
    assert entries[0] == ["zh/page.html", "M\u00e9thode", "M\u00e9thode", "Beginning of the page."]
    assert [entry[0] for entry in entries[1:]] == ["zh/page.html#one", "zh/page.html#term"]


def test_entries_are_found_again_in_an_index_that_was_written_before() -> None:
    entries = entries_of("page.html", "A page", PAGE) + entries_of("other.html", "Another", PAGE)
    found = old_entries(index_script(entries))
    assert list(found) == ["page.html", "other.html"]
    assert found["page.html"] + found["other.html"] == entries


class Reading(HTMLParser):
    """The same, of HTML as Python's own parser reads it: title and words of each section."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[list[str]] = [["", "Title", ""]]
        self.around: list[tuple[str, str]] = []  # each element's tag, and what it is to the index

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        known, roles = dict(attrs), [role for _, role in self.around]
        role = "article" if tag == "article" else ""
        if "article" in roles and "skipped" not in roles:
            if tag in {*SKIPPED, "script", "style"} or SKIPPED_CLASSES & {*(known.get("class") or "").split()}:
                role = "skipped"
            elif tag in ("h2", "dt") and known.get("id"):
                self.found.append([known["id"] or "", "", ""])
                role = "title"
        self.around.append((tag, role))

    def handle_endtag(self, tag: str) -> None:
        if tag in dict(self.around):
            while self.around.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        roles = [role for _, role in self.around]
        if "article" in roles and "skipped" not in roles:
            self.found[-1][1 if "title" in roles else 2] += data


WORDS = st.text("ab<>&\"'/ \nclassvg=-词", max_size=8)
TAGS = ("p", "em", "div", "h2", "dt", "SVG", "svg", "math", "details", "pre", "nav", "button", "br", "path")
CLASSES = ("", "question", "wide facts", "text")


@st.composite
def elements(draw: st.DrawFn) -> str:
    """A piece of a page, with text that looks like tags in attributes, in comments, in scripts and among words."""
    kind = draw(st.sampled_from(["words", "comment", "script", "alone", "around", "around", "around"]))
    if kind == "words":
        return escape(draw(WORDS))
    if kind in ("comment", "script"):
        inside = draw(st.sampled_from(["</svg>", "<svg>", "<h2 id=x>", "a < b && '", "</p>", ""]))
        return f"<!-- {inside} -->" if kind == "comment" else f"<script>{inside}</script>"
    title = draw(st.sampled_from(["", "a > b", "</svg><svg>", "it's", ' class="facts" id="no"']))
    classes = draw(st.sampled_from(CLASSES))
    attributes = f' title="{escape(title)}" class=\'{classes}\' hidden data-a="{title.replace(chr(34), "")}"'
    named = draw(st.sampled_from(["", ' id="one"', " id=two", ' ID = "a&amp;b"']))
    if kind == "alone":
        return f"<path{attributes}{named}/>"
    tag = draw(st.sampled_from(TAGS))
    end = "" if tag in VOID else f"</{tag}>"
    return f"<{tag}{named}{attributes}>{''.join(draw(st.lists(elements(), max_size=3)))}{end}"


@given(st.lists(elements(), max_size=6).map("".join), st.booleans())
def test_a_page_is_read_as_pythons_parser_reads_it(inside: str, left_open: bool) -> None:
    page = f"<!doctype html><p>before<article>{inside}{'<ul><li>one<li>two</ul>' * left_open}</article>{inside}"
    reading = Reading()
    reading.feed(page)
    expected = [
        (anchor, " ".join(title.split()), "".join(words.split()))
        for anchor, title, words in reading.found
        if anchor or words.strip()
    ]
    found = [(one.anchor, " ".join(one.title.split()), "".join(one.text.split())) for one in sections(page, "Title")]
    assert found == expected
