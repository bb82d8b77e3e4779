"""Tasks on their way to a worker and results on their way back: bundles, which need nothing of the build's disk.

A bundle is run by one worker, one task after the other. Its photos and maps go along once, however many of its tasks
look at them, and results come back as the bytes that the build will keep.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from netviz.cache.store import Store
from netviz.engine.plan import Task
from netviz.engine.record import RESULTS
from netviz.mistakes import Mistake
from netviz.pictures import Picture, framed_as

Files = Mapping[str, bytes]
"""The files of an entry of the store, by name."""


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """Tasks by their keys; ``photos`` by the names that the tasks' pictures have as their paths.

    ``maps`` are the results, by key, of tasks whose maps these take.
    """

    tasks: Mapping[str, Task]
    photos: Mapping[str, bytes]
    maps: Mapping[str, Files]


@dataclass(frozen=True, kw_only=True)
class TaskResult:
    """What became of a task of a bundle: the ``files`` of its result, or ``mistakes``, with a traceback in ``details``.

    ``seconds`` and ``memory`` (bytes, the worker's greatest so far) are what it took, on which ``processor``.
    """

    files: Files
    mistakes: tuple[Mistake, ...] = ()
    details: str = ""
    seconds: float
    memory: int | None
    processor: str


def bundle(tasks: Sequence[Task], store: Store) -> Bundle:
    """Tasks with all that running them needs. Raises UnreadablePicture for a photo, Damaged for a map."""
    photos = {task.picture.digest: task.picture for task in tasks if task.picture}
    taken = {other.key for task in tasks for other in task.of}
    return Bundle(
        tasks={task.key: _without_words(task) for task in tasks},
        photos={digest: picture.content() for digest, picture in photos.items()},
        maps={key: files_of(key, store) for key in sorted(taken)},
    )


def files_of(key: str, store: Store) -> Files:
    """A result's files. Raises Damaged if it is not there as it was written."""
    return {name: file.read() for name, file in store.files(RESULTS, key).items()}


def keep(key: str, files: Files, store: Store) -> None:
    """Put a result into a store."""
    with store.writing(RESULTS, key) as folder:
        for name, content in files.items():
            (folder / name).write_bytes(content)


def tasks_of(received: Bundle, folder: Path) -> Mapping[str, Task]:
    """The tasks of a bundle by the keys that the build has for them, with their photos in a folder."""
    for name, content in received.photos.items():
        (folder / name).write_bytes(content)
    return {key: _with_photos_in(folder, task) for key, task in received.tasks.items()}


def _without_words(task: Task) -> Task:
    """A task without what only pages need, and with its photo known by its digest."""
    picture = task.picture and _placed(task.picture, Path(task.picture.digest), task)
    experiment = replace(task.experiment, claims=(), wording={}, spec="", slider=None)
    return replace(task, experiment=experiment, picture=picture, of=tuple(map(_without_words, task.of)), beside=())


def _with_photos_in(folder: Path, task: Task) -> Task:
    picture = task.picture and _placed(task.picture, folder / task.picture.path, task)
    return replace(task, picture=picture, of=tuple(_with_photos_in(folder, other) for other in task.of))


def _placed(picture: Picture, path: Path, task: Task) -> Picture:
    """A picture whose file stands elsewhere, without its words."""
    plain = Picture(name=picture.name, file=str(path), titles={}, credit="", licence="", source="", focus=picture.focus)
    return framed_as(plain, task.experiment.framing)


def packed(content: Bundle | Iterable[TaskResult]) -> bytes:
    """As bytes, which Dask hands on as they are: its scheduler need not know what is in them."""
    return pickle.dumps(content)
