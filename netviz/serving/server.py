"""Pages of a site for a browser on this machine, each with a script that shows it anew when it has changed.

Only what the site's manifest lists is given, read as it was written: no address leads anywhere else. While a build is
under way a page of the new site is given as soon as it is woven, beside others of the old one; should the build fail,
it is forgotten.
"""

from __future__ import annotations

import asyncio
import contextlib
import mimetypes
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from html import escape
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from netviz.cache.built import MARKER, digests_of
from netviz.cache.manifest import Damaged, Kept, sha256_of
from netviz.cache.store import key_of
from netviz.options import Options
from netviz.progress import Reporter
from netviz.serving.builder import Attempt, Builder, Outcome, Rehearsal
from netviz.serving.state import State, WovenPage, told
from netviz.serving.watching import needs_restart, saved

LOOPBACK = "127.0.0.1"
HTTP = 80  # the port that addresses don't name
NOT_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
NOT_FOUND = "404.html"
LOADED = ("text/css", "text/javascript", "application/javascript")  # beside pictures
SEARCHED = "assets/search-"  # what the names of the search indexes begin with
SCRIPT = Path(__file__).with_name("live.js")
WAITING = b"""<!doctype html><html lang=en><head><meta charset=utf-8><title>netviz</title>
<meta name=viewport content="width=device-width, initial-scale=1"><meta name=color-scheme content="light dark"></head>
<body></body></html>"""


class LiveSite:
    """The state that pages are told, the process that builds, and what that has woven of a site that is not there yet.

    ``open`` counts the pages that somebody has open, by their paths.
    """

    def __init__(self, attempt: Attempt, rehearse: Rehearsal, options: Options) -> None:
        self.state, self.options = State(), options
        self.start = partial(Builder, attempt, rehearse, options)
        self.builder = self.start()
        self.open = Counter[str]()
        self.woven: dict[str, bytes] = {}
        self._changed = asyncio.Condition()

    def content(self, name: str) -> bytes | None:
        """What a file holds; None if the site has no such file, or if it is no more what was written."""
        return self.woven.get(name) or _content(self.options.to, name)

    def version(self, name: str) -> str:
        """What tells a page from a newer one: what it holds, and what all pages load."""
        site = self.options.to
        listed = _listed(site)
        page = sha256_of(self.woven[name]) if name in self.woven else listed.get(name) or listed.get(NOT_FOUND, "")
        return f"{page}-{_loaded(site)}"

    async def show(self, state: State) -> None:
        """Tell every open page how things stand."""
        self.state = state
        async with self._changed:
            self._changed.notify_all()

    async def states(self) -> AsyncIterator[State]:
        """How things stand, and how whenever that changes."""
        while True:
            shown = self.state
            yield shown
            async with self._changed:
                while self.state is shown:
                    await self._changed.wait()

    async def build(self) -> None:
        """Build, and tell of it."""
        if not self.builder.is_alive:
            self.builder = self.start()
        news = self.builder.build([*self.open])
        while True:
            match await asyncio.to_thread(next, news):
                case Outcome() as outcome:
                    self.woven = {}
                    return await self.show(_after(self.state, outcome))
                case WovenPage(path, html):
                    self.woven[path] = html.encode()
                    if path in self.open:
                        await self.show(replace(self.state))
                case step:
                    await self.show(replace(self.state, step=step))

    async def keep_up(self) -> None:
        """Build at the start, and whenever a file was saved; what is saved meanwhile is built next."""
        changes = saved(self.options, lambda: self.state.built)
        while True:
            change = asyncio.ensure_future(anext(changes))
            await asyncio.sleep(0)  # now files are watched, before the build reads them
            await self.build()
            if needs_restart(await change, self.options):
                self.builder.end()


def _after(state: State, outcome: Outcome) -> State:
    """The state when a build has ended."""
    return State(
        built=state.built + outcome.is_new,
        mistakes=told(outcome.mistakes),
        warnings=told(outcome.warnings),
        failure=outcome.failure,
    )


def serve(attempt: Attempt, rehearse: Rehearsal, options: Options, port: int, reporter: Reporter) -> None:
    """Build a site, show it to browsers on this machine, and build it anew whenever a file of it is saved.

    Ends when it is stopped. Raises OSError if another program has the port.
    """
    with _listening(port) as place:
        address = f"http://{LOOPBACK}:{place.getsockname()[1]}/"
        reporter.say(f"{address} shows {options.to}, built anew whenever a file is saved; Ctrl-C ends it")
        asyncio.run(_served(LiveSite(attempt, rehearse, options), place))


async def _served(live: LiveSite, place: socket.socket) -> None:
    server = _Server(uvicorn.Config(application(live, place.getsockname()[1]), log_level="error", lifespan="off"))
    try:
        await asyncio.gather(live.keep_up(), server.serve([place]))
    finally:
        live.builder.end()


class _Server(uvicorn.Server):
    """Leaves signals to netviz, which ends at once."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    with socket.socket() as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            place.bind((LOOPBACK, port))
        except OSError as error:
            error.filename = f"port {port}, which --port can change"
            raise
        place.listen(2048)
        yield place


def application(live: LiveSite, port: int) -> ASGIApp:
    """What answers browsers. Whoever asks for another machine than this one finds nothing there."""
    routes = [
        Route("/.live/states", partial(_states, live)),
        Route("/.live/script.js", _script),
        Route("/{path:path}", partial(_file, live)),
    ]
    pages, hosts = Starlette(routes=routes), own_names(port)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        asked = [value for name, value in scope.get("headers", ()) if name == b"host"]
        known = len(asked) == 1 and asked[0] in hosts
        await (pages if known else PlainTextResponse("Not found", 404))(scope, receive, send)

    return answer


def own_names(port: int) -> set[bytes]:
    """What browsers call a server at a port of this machine: they leave out that of the web."""
    names = {name.encode() for name in (LOOPBACK, "localhost")}
    return {b"%s:%d" % (name, port) for name in names} | (names if port == HTTP else set())


async def _script(request: Request) -> Response:
    return Response(SCRIPT.read_bytes(), 200, NOT_KEPT, "text/javascript")


async def _states(live: LiveSite, request: Request) -> Response:
    """Every state as a server-sent event, for one page."""
    return StreamingResponse(_events(live, request.query_params.get("page", "")), 200, NOT_KEPT, "text/event-stream")


async def _events(live: LiveSite, page: str) -> AsyncIterator[str]:
    live.open[page] += 1
    try:
        async for state in live.states():
            yield f"data: {state.as_json(live.version(page))}\n\n"
    finally:
        live.open[page] -= 1
        live.open += Counter()  # without those that nobody has open any more


async def _file(live: LiveSite, request: Request) -> Response:
    """A file of the site by its address; a page gets the script that keeps it up to date."""
    site, name = live.options.to, request.path_params["path"]
    name = f"{name}index.html" if not name or name.endswith("/") else name
    version = live.version(name)  # before it is read: a page that takes its place meanwhile is loaded once more
    content = live.content(name)
    if content is None and not _listed(site):
        return _page(WAITING, name, version)
    if content is None:
        return _page(_content(site, NOT_FOUND) or WAITING, name, version, 404)
    if name.endswith(".html"):
        return _page(content, name, version)
    return Response(content, 200, NOT_KEPT, mimetypes.guess_type(name)[0])


def _content(site: Path, name: str) -> bytes | None:
    """What a file of the site holds; None if the site lists no such file, or if it is no more what was written."""
    for _ in range(2):  # another site may take its place between the two readings
        with contextlib.suppress(KeyError, Damaged):
            return Kept(str(site), name, _listed(site)[name]).read()
    return None


def _listed(site: Path) -> Mapping[str, str]:
    """The digests of a site's files by their paths; none where there is no site."""
    return _read(site, _identity(site))[0]


def _loaded(site: Path) -> str:
    """A key of all pictures, styles and scripts, but for what is searched: that changes with every page."""
    return _read(site, _identity(site))[1]


def _identity(site: Path) -> tuple[int, int] | None:
    """What tells a site's manifest from one that takes its place; None where there is no site."""
    try:
        manifest = (site / MARKER).lstat()
    except OSError:
        return None
    return manifest.st_ino, manifest.st_mtime_ns


@lru_cache(maxsize=1)
def _read(site: Path, manifest: tuple[int, int] | None) -> tuple[Mapping[str, str], str]:
    listed = digests_of(site) if manifest else {}
    kinds = {name: mimetypes.guess_type(name)[0] or "" for name in listed if not name.startswith(SEARCHED)}
    return listed, key_of(
        {name: listed[name] for name, kind in kinds.items() if kind.startswith("image/") or kind in LOADED}
    )


def _page(content: bytes, name: str, version: str, status: int = 200) -> Response:
    told = f'data-page="{escape(name)}" data-version="{version}"'
    script = f'<script src="/.live/script.js" {told} defer></script></head>'
    return Response(content.replace(b"</head>", script.encode(), 1), status, NOT_KEPT, "text/html")
