"""A browser for the tests: headless Chromium as a reader would have it, and questions to ask of a page.

Chromium and its driver are taken from where the system has them; nothing is downloaded. A test asks for the fixture
``browser`` (see conftest.py) and is skipped where they are not installed. As a script it takes a picture of a page:

    python tests/browser.py site/index.html#contents screenshot.png
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.support.ui import WebDriverWait

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
)
DESK = (1280, 900)
PHONE = (360, 740)


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
        driver.set_page_load_timeout(60)
        driver.set_script_timeout(60)
        yield Browser(driver)
    finally:
        driver.quit()


class Browser:
    """One window. What is set stays set for the pages opened afterwards, until `reset`."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver

    def open(self, page: Path | str) -> None:
        """Show a page: a file, as ``file://``, or an address. What the console said before is forgotten."""
        self.driver.get_log("browser")
        self.driver.get(page.resolve().as_uri() if isinstance(page, Path) else page)

    def reset(self) -> None:
        """An empty page on a desk in the light, with scripts."""
        self.scripts(True)
        self.viewport(*DESK)
        self.colours("light")
        self.open("about:blank")

    def viewport(self, width: int, height: int, scale: float = 1) -> None:
        """The size of the visible part in CSS pixels, each ``scale`` pixels of a screenshot wide."""
        self._command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=width < 600,
        )

    def colours(self, scheme: Literal["light", "dark"], media: Literal["screen", "print"] = "screen") -> None:
        """What ``prefers-color-scheme`` says, and whether the page is for the screen or for paper."""
        self._command(
            "Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}]
        )

    def scripts(self, allowed: bool) -> None:
        """Whether pages may run JavaScript; `run` works either way."""
        self._command("Emulation.setScriptExecutionDisabled", value=not allowed)

    def run(self, script: str, *arguments: Any) -> Any:
        """The value that a script gives with ``return``."""
        return self.driver.execute_script(script, *arguments)

    def until(self, condition: str) -> None:
        """Wait for a script to ``return`` something true. Raises selenium's TimeoutException after ten seconds."""
        WebDriverWait(self.driver, 10, poll_frequency=0.05).until(lambda _: self.run(condition))

    def console_errors(self) -> list[str]:
        """What went wrong on the page since it was opened: uncaught errors, files that could not be loaded."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]

    def overflow(self) -> int:
        """By how many CSS pixels the page is wider than the window: 0 where it need not be scrolled sideways."""
        return int(self.run("const page = document.documentElement; return page.scrollWidth - page.clientWidth"))

    def violations(self, *disabled_rules: str) -> list[str]:
        """What axe-core finds against WCAG 2.2 A and AA and good practice: one line a rule, with the first elements."""
        self.run(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
        found = self.driver.execute_async_script(
            "const [rules, done] = arguments; axe.run({rules}).then(({violations}) => done(violations))",
            {rule: {"enabled": False} for rule in disabled_rules},
        )
        return [
            f"{rule['id']} ({rule['impact']}): {rule['help']}: "
            + "; ".join(" ".join(map(str, node["target"])) for node in rule["nodes"][:3])
            for rule in found
        ]

    def screenshot(self, file: Path, whole_page: bool = True) -> None:
        """Save what the page looks like as a PNG file, by default down to its end."""
        if not whole_page:
            self.driver.save_screenshot(str(file))
            return
        width, height = self.run("return [innerWidth, document.documentElement.scrollHeight]")
        before = self.run("return [innerWidth, innerHeight, devicePixelRatio]")
        self.viewport(width, height, before[2])
        self.driver.save_screenshot(str(file))
        self.viewport(*before)

    def _command(self, name: str, **parameters: Any) -> Any:
        return self.driver.execute_cdp_cmd(name, parameters)


if __name__ == "__main__":
    page, _, section = sys.argv[1].partition("#")
    with tempfile.TemporaryDirectory() as profile, chromium(Path(profile)) as window:
        window.viewport(1440, 1000)
        window.colours("light")
        window.open(Path(page))
        if section:
            window.run("document.getElementById(arguments[0]).scrollIntoView({behavior: 'instant'})", section)
        window.screenshot(Path(sys.argv[2]), whole_page=False)
