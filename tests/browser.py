"""A browser for the tests: headless Chromium as a reader would have it, and questions to ask of a page.

What a key or a click does may come later than the next question, the more so on a busy machine. So whoever acts must
then `expect`, which waits; until then every other question and act is refused.

Chromium and its driver are taken from where the system has them; nothing is downloaded. A test asks for the fixture
``browser`` (see conftest.py) and is skipped where they are not installed. As a script it takes a picture of a page:

    python tests/browser.py site/index.html#contents screenshot.png
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import ActionChains, Chrome, ChromeOptions, ChromeService
from selenium.webdriver.remote.webelement import WebElement

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
DRIVER = "chromedriver"
FLAGS = (
    "--headless=new",
    "--no-sandbox",  # inside containers there is no other way
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--use-fake-device-for-media-stream",  # a camera that shows a green field, and that nobody is asked for
    "--use-fake-ui-for-media-stream",
)
DESK = (1280, 900)
# Contrast is three quarters of what axe takes, links within text are half of the rest, and a page repeats itself: both
# are looked at once for each way in which text is coloured, sized and placed, with all that it stands in, and in which
# a link stands alone or among more words. What the browser has computed says which are alike. They are marked, so that
# axe goes through the page once: to look at them apart takes a quarter more.
AXE = """
const [done] = arguments;
const kinds = new Map(), kindOf = new Map(), texts = new Map();
for (const one of document.querySelectorAll('body, body *')) {
    const style = getComputedStyle(one);
    const own = [style.color, style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.fontSize,
        style.fontWeight, style.textShadow, style.textDecorationLine, style.borderBottom, style.position,
        style.display];
    const path = [kindOf.get(one.parentElement), ...own].join(' ');
    if (!kinds.has(path)) kinds.set(path, kinds.size);
    const kind = kinds.get(path);
    kindOf.set(one, kind);
    const isLink = one.matches('a[href], [role=link]');
    const says = one.matches('input, select, textarea')
        || Array.from(one.childNodes).some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const alike = isLink ? `${kind} ${isAmongWords(one)}` : kind;
    if ((says || isLink) && !texts.has(alike) && one.checkVisibility({visibilityProperty: true})) texts.set(alike, one);
}
function isAmongWords(link) {
    let block = link.parentElement;
    while (getComputedStyle(block).display.startsWith('inline')) block = block.parentElement;
    const linked = Array.from(block.querySelectorAll('a[href]'), (one) => one.textContent).join('');
    return block.textContent.length > 2 * linked.length;  // as axe has it
}
texts.forEach((one) => one.setAttribute('data-sampled', ''));
axe.configure({rules: [
    {id: 'color-contrast', selector: '[data-sampled]'},
    {id: 'link-in-text-block', selector: ':is(a[href], [role=link])[data-sampled]'},
]});
axe.run({resultTypes: ['violations'], preload: false}).then((found) => {
    texts.forEach((one) => one.removeAttribute('data-sampled'));
    done(found.violations);
});
"""
PATIENCE = 60  # seconds that a page has for an answer; a busy machine needs some of them


def missing() -> str:
    """What has to be installed before there can be a browser, as a sentence; empty if nothing."""
    lacking = [name for name, found in (("Chromium", _browser_path()), (DRIVER, shutil.which(DRIVER))) if not found]
    return f"{' and '.join(lacking)} not found; on Debian: apt-get install chromium chromium-driver" if lacking else ""


def _browser_path() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """A running Chromium with an empty profile in the folder ``profile``; closed afterwards."""
    options = ChromeOptions()
    options.binary_location = _browser_path() or ""
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options, ChromeService(shutil.which(DRIVER)))
    try:
        driver.set_page_load_timeout(10 * PATIENCE)
        driver.set_script_timeout(10 * PATIENCE)  # axe looks at thousands of elements
        yield Browser(driver)
    finally:
        driver.quit()


class Browser:
    """One window. What is set stays set for the pages opened afterwards, until `reset`."""

    def __init__(self, driver: Chrome) -> None:
        self._driver = driver
        self._acted = False  # whether something was done of which nobody has seen yet what came of it

    # Pages and how they are looked at

    def open(self, page: Path | str) -> None:
        """Show a page, all loaded: a file, as ``file://``, or an address. What the console said before is forgotten."""
        self._driver.get_log("browser")
        self._driver.get(page.resolve().as_uri() if isinstance(page, Path) else page)
        self._acted = False

    def reset(self) -> None:
        """An empty page on a desk in the light, with scripts."""
        self.scripts(True)
        self.viewport(*DESK)
        self.colours("light")
        self.open("about:blank")

    def viewport(self, width: int, height: int) -> None:
        """The size of the visible part in CSS pixels. An act."""
        self._acted = True
        self._command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def colours(self, scheme: Literal["light", "dark"], media: Literal["screen", "print"] = "screen") -> None:
        """What ``prefers-color-scheme`` says, and whether the page is for the screen or for paper. An act."""
        self._acted = True
        self._command(
            "Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}]
        )

    def scripts(self, allowed: bool) -> None:
        """Whether pages may run JavaScript; `run` works either way."""
        self._command("Emulation.setScriptExecutionDisabled", value=not allowed)

    @contextmanager
    def running_first(self, script: str) -> Iterator[None]:
        """In every page opened within the block a script runs before the page's own, whatever its policy says."""
        added = self._command("Page.addScriptToEvaluateOnNewDocument", source=script)
        try:
            yield
        finally:
            self._command("Page.removeScriptToEvaluateOnNewDocument", **added)

    # Acts: what comes of them is seen by `expect`

    def press(self, *keys: str, on: str = "") -> None:
        """Type keys, as WebDriver names them, into the first element of a selector, or else into what has the focus."""
        self._act(lambda: self._element(on or ":focus").send_keys(*keys))

    def click(self, selector: str) -> None:
        """A click in the middle of an element, which is brought into view for it."""
        self._act(lambda: self._element(selector).click())

    def follow(self, selector: str) -> None:
        """Follow a link wherever it stands, without bringing it into view."""
        self.do("document.querySelector(arguments[0]).click()", selector)

    def do(self, script: str, *arguments: Any) -> None:
        """Let a script do something."""
        self._act(lambda: self._driver.execute_script(script, *arguments))

    def point(self, selector: str, right: float = 0, down: float = 0) -> None:
        """The pointer over an element, brought into view: over its middle, or beside it by shares of its size."""
        element = self._element(selector)
        scroll = "arguments[0].scrollIntoView({behavior: 'instant', block: 'center'})"
        self._driver.execute_script(scroll, element)
        width, height = element.size["width"], element.size["height"]
        move = ActionChains(self._driver).move_to_element_with_offset(element, right * width, down * height)
        self._act(move.perform)

    def pinch(self, x: float, y: float, scale: float) -> None:
        """Two fingers that move apart at a place of the window, in CSS pixels, by a factor."""
        self._act(lambda: self._command("Input.synthesizePinchGesture", x=x, y=y, scaleFactor=scale))

    def back(self) -> None:
        """One step back in the history."""
        self._act(self._driver.back)

    def _act(self, act: Callable[[], Any]) -> None:
        self._refuse_haste()
        act()
        self._acted = True

    # Questions

    def expect(self, question: str | Callable[[], Any], answer: Any = True) -> None:
        """Wait until a question has an answer.

        The question is a script that gives a value with ``return``, or a function that asks this browser; the answer
        is the value, or a function that says whether a value will do. AssertionError with the last value if none does.
        """
        self._acted = False
        asked = question if callable(question) else lambda: self.run(question)
        will_do = answer if callable(answer) else lambda value: value == answer
        last: Any = None
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if will_do(last := asked()):
                    return
            except WebDriverException as error:  # a page is being left, or an element isn't there yet
                last = error
            time.sleep(0.02)
        raise AssertionError(f"{question if isinstance(question, str) else 'the answer'}: {last!r}, not {answer!r}")

    def run(self, script: str, *arguments: Any) -> Any:
        """The value that a script gives with ``return``, now. What gives none does something: `do` is for that."""
        assert "return" in script, "a script that gives nothing is one to `do`, and what comes of it one to `expect`"
        self._refuse_haste()
        return self._driver.execute_script(script, *arguments)

    def text(self, selector: str) -> str:
        """The visible text of an element, now."""
        return str(self._element(selector).text)

    def shown(self, selector: str) -> bool:
        """Whether an element is displayed, now."""
        return bool(self._element(selector).is_displayed())

    def name(self, selector: str) -> str:
        """What assistive software calls an element, now."""
        return str(self._element(selector).accessible_name)

    def address(self) -> str:
        """The page's address, now."""
        self._refuse_haste()
        return str(self._driver.current_url)

    def console_errors(self) -> list[str]:
        """What went wrong on the page since it was opened: uncaught errors, files that could not be loaded."""
        self._refuse_haste()
        return [str(entry["message"]) for entry in self._driver.get_log("browser") if entry["level"] == "SEVERE"]

    def held(self) -> int:
        """How many bytes the page's scripts hold, what nobody can reach any more being cleared away first."""
        self._refuse_haste()
        self._command("HeapProfiler.collectGarbage")
        usage = self._command("Runtime.getHeapUsage")
        return int(usage["usedSize"] + usage.get("backingStorageSize", 0))

    def overflow(self) -> int:
        """By how many CSS pixels the page is wider than the window: 0 where it need not be scrolled sideways."""
        return int(self.run("const page = document.documentElement; return page.scrollWidth - page.clientWidth"))

    def violations(self) -> list[str]:
        """What axe-core finds against WCAG 2.2 A and AA and good practice: one line a rule, with the first elements."""
        self.run(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
        found = self._driver.execute_async_script(AXE)
        return [
            f"{rule['id']} ({rule['impact']}): {rule['help']}: "
            + "; ".join(" ".join(map(str, node["target"])) for node in rule["nodes"][:3])
            for rule in found
        ]

    def screenshot(self, file: Path) -> None:
        """Save what the window shows as a PNG file."""
        self._driver.save_screenshot(str(file))

    def _element(self, selector: str) -> WebElement:
        self._refuse_haste()
        return self._driver.find_element("css selector", selector)

    def _refuse_haste(self) -> None:
        assert not self._acted, "something was done and may not have come yet: `expect` what comes of it first"

    def _command(self, name: str, **parameters: Any) -> Any:
        return self._driver.execute_cdp_cmd(name, parameters)


if __name__ == "__main__":
    page, _, section = sys.argv[1].partition("#")
    with tempfile.TemporaryDirectory() as profile, chromium(Path(profile)) as window:
        window.viewport(1440, 1000)
        window.colours("light")
        window.open(Path(page))
        if section:
            window.do("document.getElementById(arguments[0]).scrollIntoView({behavior: 'instant'})", section)
        window.screenshot(Path(sys.argv[2]))
