"""Where netviz stands, as a checkout or installed: its own folders, the course that comes with it, and its name."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
INSTALLED = (PACKAGE / "templates").is_dir()  # a wheel holds them inside the package, see pyproject.toml
TEMPLATES = PACKAGE / "templates" if INSTALLED else PACKAGE.parent / "templates"
SAMPLE_COURSE = PACKAGE / "sample_course" if INSTALLED else PACKAGE.parent / "content"
COMMAND = "netviz" if INSTALLED else "python build.py"


def as_called(program: str) -> str:
    """The command that netviz was called by, to tell what comes next; ``program`` is the first word of its arguments.

    What pages tell is `COMMAND`: they are the same however it was called.
    """
    return {"build.py": "python build.py", "__main__.py": "python -m netviz"}.get(Path(program).name, "netviz")
