"""Photos on the command line: each may be followed by what is told of it."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from netviz.options import OwnPhoto
from netviz.refusals import real

PICTURE = "picture"  # the option that names a photo


class OneMorePhoto(argparse.Action):
    """Keeps one more photo of the user's own; the options of a photo that follow are this one's."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        """Raises argparse.ArgumentError if the photo is given already."""
        photos = _photos_in(namespace, self.dest)
        if same := next((photo.path for photo in photos if real(photo.path) == real(values)), None):
            named = f"{values} is" if same == values else f"{same} and {values} are one file, which is"
            raise argparse.ArgumentError(self, f"{named} given twice; give it once")
        photos.append(OwnPhoto(path=values))


class ToldOfPhoto(argparse.Action):
    """Keeps what is told of the photo that was given last."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        """Raises argparse.ArgumentError where no photo was given before, or this of it was told already."""
        photos = _photos_in(namespace, PICTURE)
        if not photos:
            raise argparse.ArgumentError(self, f"tells of the --{PICTURE} before it, and there is none: name it first")
        photo = photos[-1]
        if getattr(photo, self.dest) != getattr(OwnPhoto, self.dest):
            raise argparse.ArgumentError(self, f"is given twice for {photo.path}; give it once")
        told: dict[str, Any] = {self.dest: tuple(values) if isinstance(values, list) else values}
        photos[-1] = replace(photo, **told)


def _photos_in(namespace: argparse.Namespace, name: str) -> list[OwnPhoto]:
    """The photos given so far."""
    photos: list[OwnPhoto] = namespace.__dict__.setdefault(name, [])
    return photos
