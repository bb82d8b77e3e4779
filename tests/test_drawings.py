"""SVG files: what is left of them asks for nothing, and what can't be left is told at its line."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from netviz.pictures.drawings import UnfitDrawing, cleaned

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20"'


def drawing(inner: str, head: str = HEAD, before: str = "") -> bytes:
    return f"{before}{head}>\n{inner}\n</svg>".encode()


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ('<rect onclick="alert(1)"/>', "onclick reacts to events"),
        ('<rect ONLOAD="alert(1)"/>', "ONLOAD reacts to events"),
        ("<foreignObject><p>words</p></foreignObject>", "<foreignObject>"),
        ('<iframe xmlns="http://www.w3.org/1999/xhtml" src="a"/>', "<iframe>"),
        ('<use href="other.svg#a"/>', "href asks for 'other.svg#a'"),
        ('<use xlink:href="https://example.org/a.svg#a"/>', "href asks for"),
        ('<image href="https://example.org/a.png"/>', "href asks for"),
        ('<image href="data:image/svg+xml;base64,AAAA"/>', "href asks for"),
        ('<a href="javascript:alert(1)"><rect/></a>', "<a>"),
        ('<set attributeName="href" to="javascript:alert(1)"/>', "<set>"),
        ('<animate attributeName="href" values="javascript:alert(1)"/>', "<animate>"),
        ('<feImage href="https://example.org"/>', "<feImage>"),
        ('<rect fill="url(https://example.org/a.svg#a)"/>', "fill asks for something elsewhere"),
        ('<rect style="fill: url( &quot;//example.org#a&quot; )"/>', "style asks for something elsewhere"),
        ('<rect style="fill: u\\72l(//example.org)"/>', "style asks for something elsewhere"),
        ("<style>@import 'https://example.org/a.css';</style>", "the style asks for something elsewhere"),
        ("<style>a { background: image-set('https://example.org/a.png' 1x) }</style>", "the style asks"),
        ("<style>a { src: ur/**/l(x); fill: url(/* # */ https://example.org) }</style>", "the style asks"),
        ('<g xml:base="https://example.org/"/>', "xml:base"),
    ],
)
def test_what_runs_or_asks_is_refused_at_its_line(inner: str, message: str) -> None:
    with pytest.raises(UnfitDrawing) as caught:
        cleaned(drawing(f"<g/>\n{inner}"))
    assert message in str(caught.value) and caught.value.line == 3


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (drawing("&a;", before='<!DOCTYPE svg [<!ENTITY a "aaaa">]>\n'), "declares entities"),
        (drawing("", before='<!DOCTYPE svg [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]>\n'), "declares entities"),
        (drawing("<g>"), "is no SVG that can be read: mismatched tag"),
        (b"\x89PNG", "is no SVG that can be read"),
        (b"<html/>", "<html> is no SVG"),
        (drawing("", HEAD.replace('viewBox="0 0 40 20"', 'width="100%"')), "does not say how large it is"),
        (drawing("<g>" * 200 + "</g>" * 200), "is nested too deeply"),
        (drawing('<g id="a"><use href="#a"/></g>'), "refers to itself"),
        (
            drawing("".join(f'<g id="a{n + 1}">' + f'<use href="#a{n}"/>' * 10 + "</g>" for n in range(12))),
            "would be drawn more than",
        ),
    ],
)
def test_what_is_no_drawing_or_endless_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(UnfitDrawing, match=message):
        cleaned(content)


def test_a_drawing_stays_and_what_editors_remember_goes() -> None:
    editors = 'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" inkscape:version="1.3" id="a"'
    inner = (
        "<!-- by Ann --><?php words ?><metadata>Ann, at home</metadata>"
        '<inkscape:page x="1"/><defs><linearGradient id="g"/></defs><style>.a { fill: url("#g"); }</style>'
        '<rect class="a" style="stroke: url(#g)" width="3"/><use xlink:href="#g"/>'
        '<text xml:space="preserve">猫 &lt;</text>'
    )
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
    made = cleaned(drawing(inner, f"{HEAD} {editors}", doctype))
    assert not any(word in made.content for word in (b"Ann", b"home", b"inkscape", b"php", b"DOCTYPE"))
    space = "{http://www.w3.org/2000/svg}"
    root = ElementTree.fromstring(made.content)
    assert [one.tag.removeprefix(space) for one in root] == ["defs", "style", "rect", "use", "text"]
    assert root[2].attrib == {"class": "a", "style": "stroke: url(#g)", "width": "3"}
    assert root[4].text == "猫 <" and root.get("id") == "a"
    assert cleaned(made.content) == made  # nothing is left to be cleaned


@pytest.mark.parametrize(
    ("size", "pixels"),
    [
        ('viewBox="0 0 40 20"', (40, 20)),
        ('viewBox="0 0 40 20" width="100%" height="100%"', (40, 20)),
        ('viewBox="0 0 40 20" width="80"', (80, 40)),
        ('width="1in" height="72pt"', (96, 96)),
        ('width="10.4px" height="0.2"', (10, 1)),
    ],
)
def test_a_drawing_says_how_large_it_is(size: str, pixels: tuple[int, int]) -> None:
    assert cleaned(drawing("", HEAD.replace('viewBox="0 0 40 20"', size))).size == pixels
