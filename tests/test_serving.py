"""`serve`: a course in a browser while it is written, through the real command line; without a network."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from starlette.requests import Request

from netviz.options import Options
from netviz.progress import Reporter
from netviz.serving import watching
from netviz.serving.builder import Builder, Outcome
from netviz.serving.server import LiveSite, _events, _file, own_names
from netviz.serving.state import State
from netviz.site.files.publish import publish
from netviz.site.site_map import search_index

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120  # seconds; no test waits as long unless something is broken

if TYPE_CHECKING:
    from browser import Browser

TCP = Path("/proc/net/tcp")
LESSON = """\
---
title: A lesson
summary: Of prose alone.
---

{words}
"""


class Served:
    """A course in a folder, and the program that shows it."""

    def __init__(self, folder: Path, process: subprocess.Popen[str], port: int) -> None:
        self.folder, self.process, self.port = folder, process, port
        self.lesson = folder / "content" / "lessons" / "01-prose" / "en.md"

    def write(self, words: str) -> None:
        """Save the lesson, as editors do: another file that takes its place."""
        new = self.lesson.with_name("en.md~")
        new.write_text(LESSON.format(words=words), "utf-8")
        new.replace(self.lesson)

    def get(self, path: str, host: str | None = None) -> tuple[int, str]:
        """What is answered, to whatever path: as it stands, nothing of it is put right."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.putrequest("GET", path, skip_host=True)
            connection.putheader("Host", f"127.0.0.1:{self.port}" if host is None else host)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def await_state(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first state that fits, of those that an open page is told."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.request("GET", "/.live/states")
            with connection.getresponse() as states:
                for line in states:
                    if line.startswith(b"data: ") and fits(state := json.loads(line[6:])):
                        return state
        raise AssertionError("the program ended")

    def await_words(self, words: str) -> None:
        """Wait until the lesson shows these words."""
        self.await_state(lambda state: state["step"] is None and words in self.get("/prose.html")[1])


def children(process: int) -> list[int]:
    """The processes that one has started."""
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()]


def await_ends(processes: Sequence[int]) -> None:
    """Wait until these have ended: one that is killed takes a while on a busy machine."""
    until = time.monotonic() + PATIENCE
    while any(Path(f"/proc/{one}/exe").exists() for one in processes):
        assert time.monotonic() < until
        time.sleep(0.01)


def sockets() -> Iterator[tuple[str, str]]:
    """The address of every TCP socket and its state, as the system writes them."""
    for line in TCP.read_text("ascii").splitlines()[1:]:
        _, place, _, state, *_ = line.split()
        yield place, state


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Served]:
    command = [sys.executable, ROOT / "build.py", "serve", "--port", "0", *options]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stderr
    try:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stderr.readline())
        assert found
        yield Served(folder, process, int(found[1]))
    finally:
        process.kill()
        process.communicate()


def write_course(folder: Path) -> Path:
    for part in ("lessons/01-prose", "pages/home"):
        (folder / "content" / part).mkdir(parents=True)
        (folder / "content" / part / "en.md").write_text(LESSON.format(words="First words."), "utf-8")
    (folder / "content" / "site.yaml").write_text("title: Mine\ntagline: Own\nlanguages: [en]\n", "utf-8")
    (folder / "content" / "pictures").mkdir()
    shutil.copy(ROOT / "content" / "pictures" / "dog.jpg", folder / "content" / "pictures")
    (folder / "content" / "pictures" / "credits.yaml").write_text(
        "dog: {title: Dog, credit: me, licence: CC0}\n", "utf-8"
    )
    (folder / "secret.txt").write_text("what nobody may read", "utf-8")
    return folder


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(write_course(tmp_path_factory.mktemp("course"))) as one:
        one.await_state(lambda state: state["built"] > 0)
        yield one


pytestmark = pytest.mark.slow


def builds_slowly(options: Options, reporter: Reporter) -> Outcome:
    """Weaves two pages of a site which it never finishes: it waits for a file, then fails."""
    for page in ("index.html", "other.html"):
        reporter.reader.show(page, f"<html><head></head><body>{page}, {[*reporter.reader.pages]}")
    while not (options.content / "fail").exists():
        time.sleep(0.01)
    return Outcome(failure="it failed")


def rehearses(options: Options) -> None:
    """Tells of itself in a file, and fails."""
    with (options.content / "rehearsals").open("a", encoding="utf-8") as file:
        file.write("one\n")
    raise ValueError("that is no matter")


def test_after_the_first_build_the_next_is_rehearsed_once_and_may_fail(tmp_path: Path) -> None:
    (tmp_path / "fail").touch()
    builder = Builder(builds_slowly, rehearses, Options(content=tmp_path, to=tmp_path / "site"))
    try:
        for _ in range(3):
            assert [*builder.build()][-1] == Outcome(failure="it failed")
        assert (tmp_path / "rehearsals").read_text("utf-8") == "one\n"
    finally:
        builder.end()


def test_a_page_is_shown_before_the_site_stands_and_forgotten_if_the_build_fails(tmp_path: Path) -> None:
    publish({"index.html": "the last good site", "assets/style.css": "p {}"}, tmp_path / "site")

    async def check() -> None:
        live = LiveSite(builds_slowly, rehearses, Options(content=tmp_path, to=tmp_path / "site"))
        try:
            before = live.version("index.html")
            states = _events(live, "index.html")
            await anext(states)
            building = asyncio.create_task(live.build())
            while live.version("index.html") == before:
                await anext(states)
            assert live.content("index.html") == b"<html><head></head><body>index.html, ['index.html']"
            assert (tmp_path / "site" / "index.html").read_text() == "the last good site"
            (tmp_path / "fail").touch()
            await building
            assert live.state.failure == "it failed" and live.state.built == 0
            assert live.content("index.html") == b"the last good site" and live.version("index.html") == before
            await states.aclose()
            assert not live.open
        finally:
            live.builder.end()

    asyncio.run(check())


class SavedAtOnce(LiveSite):
    """A site of which a lesson is saved as soon as a build has begun, the first and the next."""

    def __init__(self, options: Options) -> None:
        self.options, self.state, self.builds, self.builder = options, State(), 0, cast(Any, None)

    async def build(self) -> None:
        self.builds += 1
        if self.builds < 3:
            (self.options.content / "lesson.md").write_text(f"Saved while build {self.builds} runs.", "utf-8")


def test_what_is_saved_during_a_build_is_built_next(tmp_path: Path) -> None:
    """Also during the first one, which may take minutes."""
    content = tmp_path / "content"
    content.mkdir()
    await_builds(SavedAtOnce(Options(content=content, to=tmp_path / "site", store=tmp_path / "store")), 3)


class RemovedAtOnce(SavedAtOnce):
    """A site that somebody removes as soon as it is built."""

    async def build(self) -> None:
        self.builds += 1
        self.state = State(built=1)


def test_a_new_site_that_is_gone_before_anyone_looked_is_built_again(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    await_builds(RemovedAtOnce(Options(content=content, to=tmp_path / "site", store=tmp_path / "store")), 2)


def test_a_folder_that_goes_while_it_begins_to_be_watched_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when content is removed and made again several times a second."""
    content = tmp_path / "content"
    content.mkdir()
    watch = watching.awatch

    def gone_meanwhile(*folders: Path, **how: Any) -> AsyncIterator[set[tuple[Any, str]]]:
        monkeypatch.setattr(watching, "awatch", watch)
        content.rmdir()
        return watch(*folders, **how)

    monkeypatch.setattr(watching, "awatch", gone_meanwhile)

    async def next_change() -> list[Path]:
        return await anext(watching.saved(Options(content=content, to=tmp_path / "site"), lambda: 0))

    assert content in asyncio.run(asyncio.wait_for(next_change(), PATIENCE))


def await_builds(live: SavedAtOnce, count: int) -> None:
    """Wait until there were so many builds."""

    async def keep_up() -> None:
        keeping_up = asyncio.create_task(live.keep_up())
        while live.builds < count:
            await asyncio.sleep(0.01)
        keeping_up.cancel()

    asyncio.run(asyncio.wait_for(keep_up(), PATIENCE))


def test_a_page_is_another_one_when_it_or_what_pages_load_has_changed(tmp_path: Path) -> None:
    site, files = tmp_path / "site", {"index.html": "one", "a.html": "a", "assets/style.css": "p {}"}
    publish(files, site)
    live = LiveSite(builds_slowly, rehearses, Options(content=tmp_path, to=site))
    try:
        versions = {name: live.version(name) for name in ("index.html", "a.html", "none.html")}
        for other, changed in (
            ({"index.html": "two", search_index("en"): "found"}, {"index.html"}),
            ({"numbers/a.json": "{}", "a.ipynb": "{}"}, set()),
            ({"assets/style.css": "b {}"}, {"index.html", "a.html", "none.html"}),
            ({"figures/a.webp": "picture"}, {"index.html", "a.html", "none.html"}),
            ({"404.html": "there is none"}, {"none.html"}),
        ):
            files |= other
            publish(files, site)
            now = {name: live.version(name) for name in versions}
            assert {name for name in now if now[name] != versions[name]} == changed, other
            versions = now
    finally:
        live.builder.end()


class SwappedSite(LiveSite):
    """Another site takes its place as soon as a page was read."""

    def content(self, name: str) -> bytes | None:
        found = super().content(name)
        publish({name: "<head></head>two"}, self.options.to)
        return found


def test_a_page_that_was_replaced_while_it_was_read_is_loaded_once_more(tmp_path: Path) -> None:
    publish({"index.html": "<head></head>one"}, tmp_path / "site")
    live = SwappedSite(builds_slowly, rehearses, Options(content=tmp_path, to=tmp_path / "site"))
    try:
        answer = asyncio.run(_file(live, Request({"type": "http", "path_params": {"path": "index.html"}})))
        assert bytes(answer.body).endswith(b"one") and live.version("index.html").encode() not in bytes(answer.body)
    finally:
        live.builder.end()


def test_what_stands_before_the_first_page_is_as_wide_as_a_phone(tmp_path: Path) -> None:
    (write_course(tmp_path) / "content" / "site.yaml").unlink()
    with serving(tmp_path) as one:
        assert '<meta name=viewport content="width=device-width' in one.get("/")[1]


def test_what_is_saved_is_shown(served: Served) -> None:
    for words in ("Second words.", "Third words."):
        served.write(words)
        served.await_words(words)


def test_a_mistake_is_told_with_its_place_and_the_lines_around_it_and_the_last_good_page_stays(served: Served) -> None:
    served.write("Good words.")
    served.await_words("Good words.")
    served.write("Before.\n\n```experiment\nid: one\nmethod: gradiant\npicture: dog\n```\n\nAfter.")
    [mistake] = served.await_state(lambda state: bool(state["mistakes"]))["mistakes"]
    assert mistake["place"] == "content/lessons/01-prose/en.md:10:9"
    assert "gradiant" in mistake["message"] and "'gradient'" in mistake["hint"] and mistake["column"] == 9
    assert [(line["number"], line["wrong"]) for line in mistake["lines"]] == [(n, n == 10) for n in range(7, 14)]
    assert "Good words." in served.get("/prose.html")[1]
    served.write("Mended words.")
    served.await_words("Mended words.")
    assert not served.await_state(lambda state: state["step"] is None)["mistakes"]


def test_a_folder_that_is_taken_away_and_comes_back_is_seen(served: Served) -> None:
    lessons = served.folder / "content" / "lessons"
    shutil.copytree(lessons, served.folder / "kept")
    shutil.rmtree(lessons)
    served.await_state(lambda state: bool(state["mistakes"]))
    (served.folder / "kept").rename(lessons)
    served.await_state(lambda state: state["step"] is None and not state["mistakes"])


def test_a_site_that_is_taken_away_is_built_again_and_open_pages_are_told(served: Served) -> None:
    before = served.await_state(lambda state: state["step"] is None)["built"]
    shutil.rmtree(served.folder / "site")
    served.await_state(lambda state: state["built"] > before and state["step"] is None)
    assert served.get("/prose.html")[0] == 200 and (served.folder / "site" / "prose.html").is_file()


def test_a_page_that_a_site_does_not_have_is_not_found(served: Served) -> None:
    status, page = served.get("/nowhere.html")
    assert status == 404 and "/.live/script.js" in page  # for it may be there after the next build


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/assets/../../secret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/..%5csecret.txt",
        "/%252e%252e/secret.txt",
        "//secret.txt",
        "/../site.old/index.html",
        "/link.txt",
        "/.git/config",
        "/index.html%00.txt",
        "/%ff%fe",
        "/.netviz-site",
    ],
)
def test_no_address_leads_out_of_the_site(path: str, served: Served) -> None:
    (served.folder / "site" / "link.txt").unlink(missing_ok=True)
    (served.folder / "site" / "link.txt").symlink_to("../secret.txt")
    status, answer = served.get(path)
    assert status == 404 and "what nobody may read" not in answer


def test_at_the_port_of_the_web_browsers_name_none() -> None:
    assert own_names(80) == {b"127.0.0.1", b"localhost", b"127.0.0.1:80", b"localhost:80"}
    assert own_names(8000) == {b"127.0.0.1:8000", b"localhost:8000"}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example", ""])
def test_who_asks_for_another_machine_finds_nothing(host: str, served: Served) -> None:
    assert served.get("/", host)[0] == 404
    assert served.get("/.live/states", host)[0] == 404
    assert served.get("/", f"localhost:{served.port}")[0] == 200


def test_a_thousand_requests_at_once_are_answered(served: Served) -> None:
    connections = [socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE) for _ in range(1000)]
    for one in connections:
        one.sendall(f"GET /index.html HTTP/1.1\r\nHost: localhost:{served.port}\r\nConnection: close\r\n\r\n".encode())
    with ThreadPoolExecutor(20) as pool:
        answers = [*pool.map(lambda one: one.makefile("rb").read(), connections)]
    assert {answer.split(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 200 OK"}
    assert len(set(map(len, answers))) == 1
    for one in connections:
        one.close()


@pytest.mark.skipif(not TCP.exists(), reason="Linux tells what listens")
def test_only_this_machine_is_listened_to(served: Served) -> None:
    listening = {place for place, state in sockets() if place.endswith(f":{served.port:04X}") and state == "0A"}
    assert listening == {f"0100007F:{served.port:04X}"}  # 127.0.0.1


@pytest.mark.skipif(not TCP.exists(), reason="Linux tells what processes there are")
def test_the_end_of_the_process_that_builds_is_told_and_the_next_change_starts_it_anew(served: Served) -> None:
    building = children(served.process.pid)
    for child in building:
        os.kill(child, signal.SIGKILL)
    await_ends(building)
    served.write("After the end.")
    served.await_words("After the end.")


@pytest.mark.skipif(not TCP.exists(), reason="Linux tells what processes there are")
def test_ctrl_c_ends_all_of_it_at_once(tmp_path: Path) -> None:
    with serving(write_course(tmp_path)) as one:
        one.await_state(lambda state: state["built"] > 0)
        building = children(one.process.pid)
        os.killpg(one.process.pid, signal.SIGINT)
        assert one.process.wait(PATIENCE) == 130
        assert building
        await_ends(building)


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        command = [sys.executable, ROOT / "build.py", "serve", "--port", port]
        run = subprocess.run(command, cwd=write_course(tmp_path), capture_output=True, text=True, check=False)
    assert run.returncode == 1 and f"port {port}" in run.stderr and "--port" in run.stderr


def test_an_open_page_is_loaded_again_where_it_was_and_shows_a_mistake_over_itself(
    served: Served, browser: Browser
) -> None:
    shown = "document.querySelector('body > div:last-child').shadowRoot.querySelector('section')"
    served.write("Words to begin with.\n\n" + "More.\n\n" * 200)
    served.await_words("Words to begin with.")
    browser.open(f"http://localhost:{served.port}/prose.html")
    browser.expect("return document.querySelector('article').innerText.includes('Words to begin with.')")
    browser.do("window.scrollTo(0, 1500)")
    browser.expect("return Math.abs(window.scrollY - 1500) < 2")
    served.write("Words that are new.\n\n" + "More.\n\n" * 200)
    browser.expect("return document.querySelector('article').innerText.includes('Words that are new.')")
    browser.expect("return Math.abs(window.scrollY - 1500) < 2")
    served.write("$$")
    browser.expect(f"return {shown}.innerText.includes('content/lessons/01-prose/en.md:6')")
    browser.expect("return document.querySelector('article').innerText.includes('Words that are new.')")
    served.write("Words at the end.")
    browser.expect("return document.querySelector('article').innerText.includes('Words at the end.')")
    browser.expect(f"return {shown}.hidden")
    assert not browser.console_errors()


def test_a_port_without_serve_is_not_passed_over() -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "build.py", "--port", "5"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2 and "--serve" in run.stderr
