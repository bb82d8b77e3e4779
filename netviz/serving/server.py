"""Pages of a site for a browser on this machine, each with a script that shows it anew when it has changed.

Only what the site's manifest lists is given, read as it was written: no address leads anywhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
import mimetypes
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from netviz.cache.built import MARKER, digests_of
from netviz.cache.manifest import Damaged, Kept
from netviz.options import Options
from netviz.progress import Reporter
from netviz.serving.builder import Attempt, Builder, Outcome
from netviz.serving.state import State, told
from netviz.serving.watching import needs_restart, saved

LOOPBACK = "127.0.0.1"
NOT_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
SCRIPT = Path(__file__).with_name("live.js")
WAITING = b"""<!doctype html><html lang=en><head><meta charset=utf-8><title>netviz</title>
<meta name=viewport content="width=device-width, initial-scale=1"><meta name=color-scheme content="light dark"></head>
<body></body></html>"""


class LiveSite:
    """The state that pages are told, and the process that builds."""

    def __init__(self, attempt: Attempt, options: Options) -> None:
        self.state, self.options = State(), options
        self.start = partial(Builder, attempt, options)
        self.builder = self.start()
        self._changed = asyncio.Condition()

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
        news = self.builder.build()
        while True:
            one = await asyncio.to_thread(next, news)
            if isinstance(one, Outcome):
                return await self.show(_after(self.state, one))
            await self.show(replace(self.state, step=one))

    async def keep_up(self) -> None:
        """Build at the start, and whenever a file was saved; what is saved meanwhile is built next."""
        await self.build()
        async for paths in saved(self.options):
            if needs_restart(paths, self.options):
                self.builder.end()
            await self.build()


def _after(state: State, outcome: Outcome) -> State:
    """The state when a build has ended."""
    return State(
        built=state.built + outcome.is_new,
        mistakes=told(outcome.mistakes),
        warnings=told(outcome.warnings),
        failure=outcome.failure,
    )


def serve(attempt: Attempt, options: Options, port: int, reporter: Reporter) -> None:
    """Build a site, show it to browsers on this machine, and build it anew whenever a file of it is saved.

    Ends when it is stopped. Raises OSError if another program has the port.
    """
    with _listening(port) as place:
        address = f"http://{LOOPBACK}:{place.getsockname()[1]}/"
        reporter.say(f"{address} shows {options.to}, built anew whenever a file is saved; Ctrl-C ends it")
        asyncio.run(_served(LiveSite(attempt, options), place))


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
    pages, hosts = Starlette(routes=routes), {f"{name}:{port}".encode() for name in (LOOPBACK, "localhost")}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        asked = [value for name, value in scope.get("headers", ()) if name == b"host"]
        known = len(asked) == 1 and asked[0] in hosts
        await (pages if known else PlainTextResponse("Not found", 404))(scope, receive, send)

    return answer


async def _script(request: Request) -> Response:
    return Response(SCRIPT.read_bytes(), 200, NOT_KEPT, "text/javascript")


async def _states(live: LiveSite, request: Request) -> Response:
    """Every state as a server-sent event."""
    events = (f"data: {state.as_json()}\n\n" async for state in live.states())
    return StreamingResponse(events, 200, NOT_KEPT, "text/event-stream")


async def _file(live: LiveSite, request: Request) -> Response:
    """A file of the site by its address; a page gets the script that keeps it up to date."""
    site, name = live.options.to, request.path_params["path"]
    name = f"{name}index.html" if not name or name.endswith("/") else name
    content = _content(site, name)
    if content is None and not _listed(site):
        return _page(WAITING, live)
    if content is None:
        return _page(_content(site, "404.html") or WAITING, live, 404)
    if name.endswith(".html"):
        return _page(content, live)
    return Response(content, 200, NOT_KEPT, mimetypes.guess_type(name)[0])


def _content(site: Path, name: str) -> bytes | None:
    """What a file of the site holds; None if the site lists no such file, or if it is no more what was written."""
    for _ in range(2):  # another site may take its place between the two readings
        with contextlib.suppress(KeyError, Damaged):
            return Kept(site, name, _listed(site)[name]).read()
    return None


def _listed(site: Path) -> Mapping[str, str]:
    """The digests of a site's files by their paths; none where there is no site."""
    try:
        manifest = (site / MARKER).lstat()
    except OSError:
        return {}
    return _digests(site, (manifest.st_ino, manifest.st_mtime_ns))


@lru_cache(maxsize=1)
def _digests(site: Path, manifest: tuple[int, int]) -> Mapping[str, str]:
    return digests_of(site)


def _page(content: bytes, live: LiveSite, status: int = 200) -> Response:
    script = f'<script src="/.live/script.js" data-built="{live.state.built}" defer></script></head>'
    return Response(content.replace(b"</head>", script.encode(), 1), status, NOT_KEPT, "text/html")
