"""Templates of a course's own: a file of ``content/templates/`` takes the place of netviz's of the same name.

They are trusted with what readers' browsers get, and not with Python: Jinja2's sandbox fills them in.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, TemplateError, TemplateSyntaxError

from netviz.mistakes import Mistake, nearest
from netviz.text_files import read_text_file

Templates = tuple[Path, ...]
"""Folders of templates: what the first lacks is taken from the next; the last are netviz's own."""

FAULTS = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)  # of a template


def template_file(templates: Templates, name: str) -> Path:
    """The file that is taken for a template, or for a file that goes into the site as it is."""
    return next((folder / name for folder in templates if (folder / name).is_file()), templates[-1] / name)


def override_mistakes(env: Environment, templates: Templates) -> Iterator[Mistake]:
    """What is no template, of those that take the place of netviz's."""
    for file in _overrides(templates):
        if file.suffix in (".html", ".xml"):
            try:
                env.parse(read_text_file(file), file.name, str(file))
            except TemplateSyntaxError as error:
                yield _mistake(file, error.lineno, f"not a template: {error.message}")


def override_warnings(templates: Templates) -> Iterator[Mistake]:
    """A warning for each file that takes no template's place, and that no other one names."""
    files = list(_overrides(templates))
    for file in files:
        if not (templates[-1] / file.name).is_file():
            others = (other for other in files if other != file and other.suffix in (".html", ".xml"))
            if not any(re.search(rf"['\"]{re.escape(file.name)}['\"]", read_text_file(other)) for other in others):
                names = sorted(path.name for path in templates[-1].iterdir())
                yield Mistake(file, "takes the place of no template", hint=nearest(file.name, names))


def override_failure(error: Exception, templates: Templates) -> Mistake | None:
    """Where a course's own template failed, if one did."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if Path(frame.filename).parent in templates[:-1]:
            return _mistake(Path(frame.filename), frame.lineno or 1, f"the template fails: {error}")
    return None


def _overrides(templates: Templates) -> Iterator[Path]:
    for folder in templates[:-1]:
        yield from sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _mistake(file: Path, line: int, message: str) -> Mistake:
    lines = read_text_file(file).splitlines()
    return Mistake(file, message, line=line, column=1, text=lines[line - 1] if line <= len(lines) else "")
