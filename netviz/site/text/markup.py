"""A lesson's Markdown as the source of a Jinja2 template: Markdown first, expressions put back after it.

So a result can never become markup: whatever an expression gives is escaped by Jinja2. Raw HTML, and links to anything
but the web, other pages and files beside the text, are refused.
"""

from __future__ import annotations

import re
import string
import xml.etree.ElementTree as ElementTree
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import unquote

import markdown
from markdown.extensions import Extension
from markdown.extensions.codehilite import CodeHilite
from markdown.extensions.toc import slugify_unicode
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE

from netviz.course.attachments import RUN, Attachment, attachment_named
from netviz.course.equations import LABEL, label_mistakes, numbers_of
from netviz.course.lessons import FENCES, TOKEN, TOKEN_PATTERN, LessonText, Span, fence_id, scan
from netviz.course.sliders import no_value
from netviz.course.windows_paths import slashes
from netviz.mistakes import Mistake, Mistakes, nearest
from netviz.remembered import remembered
from netviz.site.text.formulas import formula, reference
from netviz.site.text.highlighting import CodeFormatter, syntaxes
from netviz.site.text.leftovers import Leftovers, source_mistakes
from netviz.site.text.nesting import nesting_mistakes
from netviz.yaml_places import Passage

OWN_BLOCKS = {*FENCES, "code"}  # of which nothing can stand within a paragraph
BLOCKS = {*OWN_BLOCKS, "statement", "display formula", "comment"}
CALL_ALONE = re.compile(r"\{\{\s*\w+\(.*\)\s*\}\}", re.DOTALL)
NO_EXPRESSIONS = "the address and the title of a link hold no expressions or formulas; nor do a picture's words"
NO_LINK = "no link to the web (https://), to a page (.html) or a section (#), or to a file beside the text"
LINK = re.compile(r"(https?://|mailto:|#|[\w./-]+\.html(#.*)?$)")
WIDE = r"[\u2014\u2018-\u201d\u2026\u3000-\u303f\u4e00-\u9fff\uff00-\uff60]"  # Chinese characters and punctuation
SPACED = (
    r"[\u3001\u3002\uff01\uff09\uff0c\uff1a\uff1b\uff1f]"  # punctuation that brings its own space: 、。！），：；？
)
OPENING = r"(\[\u2018\u201c\u300a\u300c\uff08"  # before words: ([‘“《「（
CLOSING = r",.;:!?)\]\u2019\u201d\u2026\u3001\u3002\u300b\u300d\uff01\uff09\uff0c\uff1a\uff1b\uff1f"  # after them
CODE: dict[str, Any] = {"guess_lang": False, "css_class": "code", "pygments_formatter": CodeFormatter}
UNSEEN = r"(?:</?(?:a|code|em|strong)\b[^<>]*>|\ue000\d+\ue001)*"  # tags and tokens between characters
LINE_END = re.compile(
    rf"<pre.*?</pre>|(?P<closed>{SPACED}{UNSEEN})\n(?![\n<])|(?P<before>{WIDE}{UNSEEN})\n(?P<after>{UNSEEN}(?={WIDE}))",
    re.DOTALL,
)

PERCENT = re.compile(r"<(pre|code)\b.*?</\1>|(?<=\d) (?=%)", re.DOTALL)  # a space that breaks no line, but not in code

BESIDE = "beside:"  # before the address of a file that a link names
SHOWN = re.compile("<p>\\s*\ue005(\\d+)\ue006\\s*</p>|\ue005(\\d+)\ue006")
ELSEWHERE = re.compile(r"[a-zA-Z][\w+.-]*:|/|\\\\|(?:.*/)?\.\./")  # a scheme, a root, a folder further up

Place = tuple[int, int]
"""A line and a column of a file, both from 1."""


@dataclass(frozen=True)
class Section:
    """A heading of a lesson, for its table of contents."""

    id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Illustration:
    """A picture that no experiment made: the address of its file, what is told who don't see it, its caption.

    ``alone`` is whether it is a paragraph of its own, and so a figure; ``source`` is how it begins in the text.
    """

    address: str
    alt: str
    caption: str
    alone: bool
    source: str


@dataclass(frozen=True)
class Body:
    """A lesson's text as the source of a template, its sections, and the files beside it that it shows or links to.

    An illustration stands in the template as ``illustration(NUMBER)``, a link to a file as one to `BESIDE`. ``links``
    are the addresses of these.
    """

    template: str
    sections: tuple[Section, ...]
    illustrations: tuple[Illustration, ...] = ()
    links: tuple[str, ...] = ()


_EMPTY_HEAD = re.compile(r"<th([^>]*)></th>")  # a table's corner heads nothing, and nothing is to be read aloud


def _as_plain(body: Body) -> list[Any]:
    illustrations = [(one.address, one.alt, one.caption, one.alone, one.source) for one in body.illustrations]
    return [body.template, [(one.id, one.title) for one in body.sections], illustrations, body.links]


def _from_plain(plain: list[Any]) -> Body:
    template, sections, illustrations, links = plain
    names = ("address", "alt", "caption", "alone", "source")
    shown = (Illustration(**dict(zip(names, one, strict=True))) for one in illustrations)
    return Body(template, tuple(Section(*one) for one in sections), tuple(shown), tuple(links))


@remembered(_as_plain, _from_plain, of=lambda text: (text.source, text.markdown))
def lesson_body(text: LessonText) -> Body:
    """Turn a lesson into the source of a template. Raises Mistakes with all that Markdown must not hold."""
    found = _converted(text)
    html, beside = _bare(_EMPTY_HEAD.sub(r"<td\1></td>", found.html), text.spans), found.beside
    mistakes = [_at(text, refusal) for refusal in found.refusals]
    mistakes += [*source_mistakes(text), *_misplaced(text, html), *nesting_mistakes(text, html)]
    numbers = numbers_of(text.spans)
    mistakes += [text.mistake(reason, span.line, span.column) for span, reason in label_mistakes(text.spans)]
    replacements = [_replacement(span, text, numbers, mistakes) for span in text.spans]
    mistakes += [
        _at(text, Refusal(f"## {section.title}", "a heading holds no expressions or formulas"))
        for section in found.sections
        if TOKEN_PATTERN.search(section.title)
    ]
    if mistakes:
        raise Mistakes(dict.fromkeys(mistakes))
    template = SHOWN.sub(_illustration_call, _put_back(html, replacements))
    return Body(template, found.sections, tuple(beside.illustrations), tuple(beside.links))


def files_named(text: LessonText) -> Beside | Body:
    """The files beside it that a lesson names, be there what it must not hold or not."""
    try:
        return lesson_body(text)
    except Mistakes:
        return _converted(text).beside


@dataclass(frozen=True)
class _Converted:
    """What Markdown makes of a lesson, with all that it must not hold."""

    html: str
    sections: tuple[Section, ...]
    beside: Beside
    refusals: Sequence[Refusal]


@cache
def _converted(text: LessonText) -> _Converted:
    refusals: list[Refusal] = []
    beside = Beside()
    converter = _converter(refusals, beside)
    html = converter.convert(text.markdown)
    sections = tuple(Section(entry["id"], entry["name"]) for entry in _headings(converter))
    return _Converted(html, sections, beside, refusals)


def _illustration_call(match: re.Match[str]) -> str:
    return f"{{{{ illustration({match[1] or match[2]}) }}}}"


def phrase_mistakes(
    text: LessonText, template: str, experiments: Mapping[str, Collection[str] | None], passage: Passage | None = None
) -> Iterator[Mistake]:
    """Phrases, links like ``#smooth@5`` that set a slider, to a figure or a value that there is not.

    ``experiments`` are the ids with the names of their sliders' values; None where these are not known. ``template`` is
    of the lesson's text, or of a passage in one of its fences.
    """
    for address, name, value in re.findall(r'href="[^"#]*#(([^"@]+)@([^"]+))"', template):
        known = experiments.get(name)
        if name not in experiments:
            hint = nearest(name, experiments)
            yield _at(text, Refusal(f"#{address}", f"there is no experiment {name!r}", hint), passage)
        elif known is not None and value not in known:
            yield _at(text, Refusal(f"#{address}", f"{name}: {no_value(value, known)}"), passage)


def link_mistakes(
    text: LessonText,
    template: str,
    own: str,
    pages: Mapping[str, Collection[str] | None],
    passage: Passage | None = None,
) -> Iterator[Mistake]:
    """Links to pages and sections that there are not.

    ``pages`` are their sections by slug, None where these are not known; ``own`` is the slug of the lesson's page.
    ``template`` is of the lesson's text, or of a passage in one of its fences.
    """
    for dead in dead_links(template, own, pages):
        yield _at(text, dead, passage)


def file_mistakes(text: LessonText, files: Mapping[str, Attachment]) -> Iterator[Mistake]:
    """Pictures and links that name no file beside the text, or one that can't go along; ``files`` are these."""
    named = files_named(text)
    shown = [(one.address, one.source, f"({one.address}") for one in named.illustrations]
    for address, source, or_else in [*shown, *((one, f"({one}", one) for one in named.links)]:
        name = address.partition("#")[0]
        file = attachment_named(name, files)
        linked = source.startswith("(")
        if file is None:
            message = f"there is no file {name!r} beside the text" + (f", and it is {NO_LINK}" * linked)
            yield _at(text, Refusal(source, message, slashes(name, nearest(name, files)), or_else))
        elif file.unfit:
            yield _at(text, Refusal(source, f"{name}: {file.unfit}", "", or_else))
        elif linked and file.path.suffix.lower() in RUN:
            hint = "what is yours and to be trusted goes into content/static"
            yield _at(
                text, Refusal(source, f"{name}: browsers run such files, and a lesson runs nothing", hint, or_else)
            )


def dead_links(template: str, own: str, pages: Mapping[str, Collection[str] | None]) -> Iterator[Refusal]:
    """Links of a template to pages and sections that there are not; ``own`` and ``pages`` as for `link_mistakes`."""
    for slug, section in re.findall(r'href="(?:([\w./-]+)\.html)?(?:#([^"@]*))?"', template):
        page = slug or own
        known = pages.get(page)
        if page not in pages:
            yield Refusal(f"{slug}.html", f"there is no page {slug}.html", nearest(slug, pages))
        elif section and known is not None and unquote(section) not in known:
            hint = nearest(unquote(section), sorted(known))
            yield Refusal(f"#{section}", f"the page {page}.html has no section {section!r}", hint)


@remembered(str, str)
def inline_template(source: str) -> str:
    """A caption: one paragraph of Markdown with expressions, as the source of a template, without its `<p>`.

    Raises Unreadable if it holds what a caption must not.
    """
    found = scan(source)
    spans = found.spans
    refusals: list[Refusal] = []
    beside = Beside()
    html = _converter(refusals, beside).convert(found.markdown)
    refusals += [Refusal(one, "pictures and links to files stand in a lesson's own text") for one in beside.sources]
    for fault in found.faults:
        raise Unreadable(fault.message, fault.line, fault.column)
    for refusal in refusals:
        raise Unreadable(refusal.reason, *(found_in(found.prose, refusal.source) or (1, 1)))
    inside = re.fullmatch(r"<p>(.*)</p>", html, re.DOTALL) or re.fullmatch(r"()", html)
    if not inside or "<p>" in inside[1] or any(span.kind in OWN_BLOCKS for span in spans):
        raise Unreadable("it must be one paragraph of text", _second_paragraph(found.prose))
    return _put_back(_bare(inside[1], spans), [_replacement_inline(span) for span in spans])


class Unreadable(ValueError):
    """Words that can't be woven: why, and where in them (line and column from 1)."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line, self.column = line, column


def _second_paragraph(prose: Mapping[int, str]) -> int:
    """The line where it begins; the first one if there is none."""
    return next((number for number in prose if number > 1 and number - 1 not in prose), 1)


def _replacement_inline(span: Span) -> str:
    if span.kind == "reference" or ("formula" in span.kind and LABEL.search(span.source)):
        message = "numbered formulas and references to them stand in a lesson's own text"
        raise Unreadable(message, span.line, span.column)
    try:
        return _without_braces(formula(span, {})) if "formula" in span.kind else span.source
    except ValueError as error:
        raise Unreadable(str(error), span.line, span.column) from None


def skeleton(text: LessonText) -> str:
    """The lesson's expressions and statements alone, each on its own line of the file.

    As a template it fails where the lesson's does, at a line that means something to the author.
    """
    lines: dict[int, str] = {}
    for span in text.spans:
        if span.kind in ("expression", "statement"):
            for number, part in enumerate(span.source.split("\n"), start=span.line):
                lines[number] = lines.get(number, "") + part
    return "\n".join(lines.get(line, "") for line in range(1, max(lines, default=0) + 1))


def _replacement(span: Span, text: LessonText, numbers: dict[str, int], mistakes: list[Mistake]) -> str:
    if span.kind in FENCES:
        return f"{{{{ {span.kind}('{fence_id(span.source)}') }}}}"
    if span.kind == "comment":
        return ""
    try:
        if span.kind == "code":
            return _without_braces(_code(span))
        if span.kind == "reference":
            return reference(span, numbers)
        return _without_braces(formula(span, numbers)) if "formula" in span.kind else span.source
    except ValueError as error:
        mistakes.append(text.mistake(str(error), span.line, span.column))
        return ""


@remembered(str, str, of=lambda span: (span.source, span.syntax))
def _code(span: Span) -> str:
    """Fenced code as HTML. Raises ValueError for a language that there is not."""
    if span.syntax and span.syntax.lower() not in syntaxes():
        close = get_close_matches(span.syntax.lower(), syntaxes(), 1)
        hint = f"did you mean {close[0]!r}?" if close else "leave the word out"
        raise ValueError(f"Pygments knows no language {span.syntax!r} to colour code in; {hint}")
    html: str = CodeHilite(span.source, lang=span.syntax or None, **CODE).hilite(shebang=False)
    return html


_BACK = '&#160;<a class="footnote-backref"'


def _bare(html: str, spans: Sequence[Span]) -> str:
    """HTML with tokens, but no braces, and no paragraphs around what is none."""

    def stands_alone(match: re.Match[str]) -> str:
        inside = [spans[int(number)] for number in TOKEN_PATTERN.findall(match[1])]
        alone = all(span.kind in BLOCKS or CALL_ALONE.fullmatch(span.source) for span in inside)
        back = match[2] and f"<p>{match[2].removeprefix('&#160;')}</p>"  # of a footnote that ends so
        return f"{match[1]}{back or ''}" if alone else match[0]

    def unbroken(match: re.Match[str]) -> str:  # browsers break a line after a formula, also before a comma
        is_formula = spans[int(match[2])].kind == "inline formula"
        return f'<span class="unbroken">{match[0]}</span>' if is_formula and (match[1] or match[3]) else match[0]

    html = _line_ends(_without_braces(html), spans)
    html = PERCENT.sub(lambda match: match[0] if match[1] else "\u00a0", html)
    html = re.sub(rf"([{OPENING}]*){TOKEN_PATTERN.pattern}([{CLOSING}]*)", unbroken, html)
    return re.sub(rf"<p>((?:\ue000\d+\ue001\s*)+)({_BACK}.*?)?</p>", stands_alone, html)


def _put_back(html: str, replacements: Sequence[str]) -> str:
    return TOKEN_PATTERN.sub(lambda match: replacements[int(match[1])], html)


def _misplaced(text: LessonText, html: str) -> Iterator[Mistake]:
    """What stands where it can't be woven: everything that was lifted out stands in the text once."""
    in_code = "".join(match[0] for match in re.finditer(r"<(pre|code)\b.*?</\1>|<[^>]*\ue000[^>]*>", html, re.DOTALL))
    paragraphs = re.findall(r"<p>(.*?)</p>", html, re.DOTALL)
    among_words = "".join(one for one in paragraphs if TOKEN_PATTERN.sub("", one).strip())
    for number, span in enumerate(text.spans):
        token = TOKEN.format(number)
        line = span.line - (span.kind in FENCES)
        if token in in_code:
            yield text.mistake("stands in code or in a link's title, where nothing is put in", line, span.column)
        elif html.count(token) != 1:
            yield text.mistake("would not be shown", line, span.column)
        elif span.kind in OWN_BLOCKS and token in among_words:
            yield text.mistake("stands within a paragraph: leave a line blank before and after", line, span.column)


def _line_ends(html: str, spans: Sequence[Span]) -> str:
    """A line's end is no space between Chinese characters, and is one after a statement, where Jinja2 would drop it."""

    def is_statement(token: str) -> bool:
        return spans[int(token)].kind == "statement"

    def joined(match: re.Match[str]) -> str:
        kept = (match["before"] or match["closed"] or "") + (match["after"] or "")
        return kept if kept and all(map(is_statement, TOKEN_PATTERN.findall(kept))) else match[0]

    def spaced(match: re.Match[str]) -> str:
        return match[0].replace("\n", " \n") if is_statement(match[1]) else match[0]

    return re.sub(rf"{TOKEN_PATTERN.pattern}\n", spaced, LINE_END.sub(joined, html))


def _without_braces(html: str) -> str:
    """Braces as entities: what was not lifted out as an expression must not become one."""
    return html.replace("{", "&#123;").replace("}", "&#125;")


def _headings(converter: markdown.Markdown) -> list[dict[str, Any]]:
    tokens: list[dict[str, Any]] = converter.toc_tokens  # type: ignore[attr-defined]
    return [entry for token in tokens for entry in ([token] if token["level"] == 2 else token["children"])]


@dataclass(frozen=True)
class Refusal:
    """What Markdown must not hold: the source by which its place is found again, why, and what would be right."""

    source: str
    reason: str
    hint: str = ""
    or_else: str = ""  # by which it is found where escapes or blanks have changed the source


class Beside:
    """Gathers what a text shows of, and links to among, the files beside it."""

    def __init__(self) -> None:
        self.illustrations: list[Illustration] = []
        self.links: list[str] = []

    @property
    def sources(self) -> list[str]:
        """How each of them begins in the text."""
        return [*(one.source for one in self.illustrations), *self.links]


def _at(text: LessonText, refusal: Refusal, passage: Passage | None = None) -> Mistake:
    """A refusal at its place in the text, or in a passage of one of its fences."""
    if passage:
        place = place_of_words(passage, refusal.source)
    else:
        sources = filter(None, (refusal.source, refusal.or_else))
        place = next(filter(None, (found_in(text.prose, one) for one in sources)), (text.first_line, 1))
    return text.mistake(refusal.reason, *place, refusal.hint)


def place_of_words(passage: Passage, source: str) -> Place:
    """Where in a passage the words stand that a refusal names."""
    return passage.place_in(*(found_in(scan(passage.source).prose, source) or (1, 1)))


def found_in(prose: Mapping[int, str], source: str) -> Place | None:
    """Where Markdown has read this, which it has forgotten: looked for again, in lines by their numbers."""
    words = source.split("\ue000")[0].split("\n")[0]
    alone = next((number for number, line in prose.items() if words and line.strip(" >") == words), None)
    if alone:
        return alone, prose[alone].index(words) + 1
    for sought in (words, words.lstrip("# ")):
        pattern = r"\s+".join(map(re.escape, re.split(r"\s+", sought)))  # a tab has become blanks
        for number, line in prose.items():
            if match := re.search(pattern, line):
                return number, match.start() + 1
    return None


def _converter(refusals: list[Refusal], beside: Beside) -> markdown.Markdown:
    return markdown.Markdown(
        extensions=[
            "tables",
            "admonition",
            "footnotes",
            "def_list",
            "sane_lists",
            "codehilite",
            "toc",
            "pymdownx.details",
            _Guard(refusals, beside),
        ],
        extension_configs={
            "codehilite": CODE,
            "toc": {"slugify": slugify_unicode, "marker": ""},
        },
        output_format="html",
    )


class _Guard(Extension):
    """Refuses raw HTML and links that are no links, and gathers the files that are shown or linked to."""

    def __init__(self, refusals: list[Refusal], beside: Beside) -> None:
        super().__init__()
        self.refusals, self.beside = refusals, beside

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 (Markdown's own name)
        md.ESCAPED_CHARS += [
            sign for sign in string.punctuation if sign not in md.ESCAPED_CHARS
        ]  # as CommonMark has it
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.register(_RawHtml(md, self.refusals), "raw_html", 90)
        md.treeprocessors.register(_Links(md, self.refusals, self.beside), "links", 0)
        md.treeprocessors.register(Leftovers(md, self._refuse), "leftovers", 12)  # while escaped signs still are

    def _refuse(self, source: str, reason: str) -> None:
        self.refusals.append(Refusal(source, reason))


class _RawHtml(InlineProcessor):
    def __init__(self, md: markdown.Markdown, refusals: list[Refusal]) -> None:
        super().__init__(r"<(?:[A-Za-z/!?][^>\n]*>?)", md)
        self.refusals = refusals

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # type: ignore[override]  # noqa: N802
        reason = "raw HTML is not allowed in lessons; write Markdown, or `code` to show a tag"
        self.refusals.append(Refusal(m[0], reason))
        return "", m.start(0), m.end(0)


class _Links(Treeprocessor):
    def __init__(self, md: markdown.Markdown, refusals: list[Refusal], beside: Beside) -> None:
        super().__init__(md)
        self.refusals, self.beside = refusals, beside

    def run(self, root: ElementTree.Element) -> None:
        for element in root.iter():
            for value in element.attrib.values():
                if "\ue000" in value:
                    self._refuse(
                        value,
                        "the address and the title of a link hold no expressions or formulas; nor do a picture's words",
                    )
        for element in [*root.iter()]:
            self._show_pictures(element)
        for element in root.iter():
            address = unescape(element.get("href", "").replace(AMP_SUBSTITUTE, "&"))  # <a@b.c> is written in entities
            if element.tag in ("a", "h2", "h3", "h4", "h5", "h6") and not "".join(element.itertext()).strip():
                words = "a link needs words to click on" if element.tag == "a" else "a heading needs words"
                self._refuse("[](" if element.tag == "a" and not address else address or "##", words)
            if element.tag == "a" and not LINK.match(address):
                self._link_to_file(element, address)

    def _link_to_file(self, element: ElementTree.Element, address: str) -> None:
        if not address:
            if words := " ".join("".join(element.itertext()).split()):  # without any, that was told
                reason = "the link leads nowhere: write in the brackets an address on the web, a page or a file's name"
                self.refusals.append(Refusal(f"[{words}](", reason, "", "]()"))
            return
        if ELSEWHERE.match(address):
            self._refuse(address, f"{address!r} is {NO_LINK}", slashes(address))
            return
        self.beside.links.append(address)
        element.set("href", BESIDE + address)

    def _show_pictures(self, parent: ElementTree.Element) -> None:
        """Put a sign in the place of each picture."""
        before = None
        for child in [*parent]:
            if child.tag != "img":
                before = child
                continue
            alone = parent.tag == "p" and len(parent) == 1 and not (parent.text or "").strip(" \n")
            sign = self._illustration(child, alone and not (child.tail or "").strip()) + (child.tail or "")
            if before is None:
                parent.text = (parent.text or "") + sign
            else:
                before.tail = (before.tail or "") + sign
            parent.remove(child)

    def _illustration(self, element: ElementTree.Element, alone: bool) -> str:
        address = unescape(element.get("src", "").replace(AMP_SUBSTITUTE, "&"))
        alt, caption = (" ".join(unescape(element.get(name, "")).split()) for name in ("alt", "title"))
        source = f"![{alt}]({address}"
        if not address:
            reason = "the picture has no file: write in the brackets the name of one beside the text"
            self.refusals.append(Refusal(f"![{alt}](", reason))
            return ""
        if ELSEWHERE.match(address):
            hint = slashes(address, "put the file beside the text, and show it by its name")
            reason = f"{address!r} is no file beside the text: readers load nothing from elsewhere"
            self.refusals.append(Refusal(source, reason, hint, f"({address}"))
            return ""  # that no file has this name is not told as well
        elif not alt:
            reason = "a picture needs words for those who don't see it, in the square brackets"
            self.refusals.append(Refusal(source, reason, f"![what it shows]({address})", f"({address}"))
        elif caption and not alone:
            reason = "a picture with a caption stands in a paragraph of its own: leave a line blank before and after"
            self.refusals.append(Refusal(source, reason, "", f"({address}"))
        shown = Illustration(address=address, alt=alt, caption=caption, alone=alone, source=source)
        self.beside.illustrations.append(shown)
        return f"\ue005{len(self.beside.illustrations) - 1}\ue006"

    def _refuse(self, source: str, reason: str, hint: str = "") -> None:
        self.refusals.append(Refusal(source, reason, hint))
