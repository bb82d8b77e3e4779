"""The search index: which words of a page are in it, and under which section."""

from __future__ import annotations

import json

from netviz.site.files.search import entries_of, index_script, old_entries, sections

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
