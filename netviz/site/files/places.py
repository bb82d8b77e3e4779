"""Where a site and a store may stand: not around what they are made from, and not among it."""

from __future__ import annotations

from pathlib import Path

from netviz.cache.built import is_site, summary_of
from netviz.course.own_photos import own_photo_files
from netviz.installation import PACKAGE, TEMPLATES
from netviz.options import Options
from netviz.site.files.publish import CannotPublish

READ = ("lessons", "pages", "pictures", "measurements", "static", "templates")  # folders of a course


def check_places(options: Options) -> None:
    """Raises CannotPublish if the site's folder holds what the build needs, or lies where a build would read it.

    So it does for a store among what authors write: what is in a store is not looked at to find out what has changed.
    """
    site, store = options.to.resolve(), options.store.resolve()
    needed = {
        "the course": options.content,
        "the store": options.store,
        "the weights": Path(options.weights),
        "the templates": TEMPLATES,
        "netviz": PACKAGE,
    }
    photos = [*(photo.path for photo in options.picture), *own_photo_files(options.content)]
    for name, path in [*needed.items(), *(("the photo", photo) for photo in photos)]:
        if path.exists() and path.resolve().is_relative_to(site):
            raise CannotPublish(
                f"{name} ({path}) is in {options.to}, where the site would stand; name another folder with --to"
            )
    around = {
        "the store": options.store,
        "the templates": TEMPLATES,
        "netviz": PACKAGE,
        **{f"{name}/ of the course": options.content / name for name in READ},
    }
    for name, path in around.items():
        if site.is_relative_to(path.resolve()):
            raise CannotPublish(f"{options.to} is in {name} ({path}), where no site can stand; name another with --to")
    if store == options.content.resolve() or any(
        store.is_relative_to((options.content / name).resolve()) for name in READ
    ):
        raise CannotPublish(f"the store ({options.store}) is among the course's texts; name another with --store")


def check_rest(options: Options) -> None:
    """Raises CannotPublish where lessons alone would be put into a site that was asked for in another way."""
    standing = summary_of(options.to).get("command", "") if is_site(options.to) else options.command
    if options.only and standing != options.command:
        asked = f"by `{standing}`" if standing else "by another version of netviz"
        raise CannotPublish(
            f"{options.to} was built {asked}, and the pages that --only leaves as they are would not go with the "
            "others; build all of it once, or name another folder with --to"
        )
