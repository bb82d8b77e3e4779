"""The photos of galleries, small: whether each can be opened is found out here, before anything is run on it."""

from __future__ import annotations

from dataclasses import replace

from netviz.cache.manifest import Kept
from netviz.cache.store import Store
from netviz.course.galleries import Gallery, GalleryPhoto
from netviz.course.reading import Course
from netviz.mistakes import Mistake, Mistakes
from netviz.pictures import UnreadablePicture
from netviz.progress import Reporter
from netviz.site.files.file_lists import FilesOfPhotos
from netviz.site.files.thumbnails import OF_GALLERY, thumbnail


def photo_path(gallery: Gallery, photo: GalleryPhoto) -> str:
    """Where a photo stands, from the site's root."""
    return f"galleries/{gallery.lesson}/photos/{photo.picture.name}.webp"


def photo_files(course: Course, store: Store) -> list[FilesOfPhotos]:
    """Those of each gallery by where they stand."""
    return [_files(gallery, store) for gallery in course.galleries.values()]


def _files(gallery: Gallery, store: Store) -> FilesOfPhotos:
    photos = gallery.photos
    return FilesOfPhotos(
        range(len(photos)),
        path=lambda number: photo_path(gallery, photos[number]),
        file=lambda number: _small(photos[number], store),
    )


def with_readable_photos(course: Course, store: Store, reporter: Reporter) -> Course:
    """The course without the photos of galleries that can't be opened, which it warns of; itself, if all can be.

    Raises Mistakes if none of a gallery can.
    """
    count = sum(len(gallery.photos) for gallery in course.galleries.values())
    if not count:
        return course
    with reporter.stage("photos", count) as stage:
        galleries = {}
        for slug, gallery in course.galleries.items():
            refused: dict[str, Mistake] = {}
            for photo in gallery.photos:
                try:
                    _small(photo, store)
                except UnreadablePicture as error:
                    why = str(error).removeprefix(f"{photo.picture.path}: ")
                    refused[photo.picture.name] = gallery.mistake(photo, f"{photo.file}: {why}")
                stage.advance(1)
            if len(refused) == len(gallery.photos):
                raise Mistakes(refused.values())
            galleries[slug] = gallery.without(refused) if refused else gallery
    if galleries == course.galleries:
        return course
    told = [one for slug, gallery in galleries.items() for one in gallery.refused if one not in course.warnings]
    return replace(course, galleries=galleries, warnings=(*course.warnings, *told))


def _small(photo: GalleryPhoto, store: Store) -> Kept:
    return thumbnail(photo.picture, store, OF_GALLERY)
