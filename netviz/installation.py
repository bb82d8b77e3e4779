"""Where netviz stands, as a checkout or installed: its own folders, the course that comes with it, and its name."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
INSTALLED = (PACKAGE / "templates").is_dir()  # a wheel holds them inside the package, see pyproject.toml
TEMPLATES = PACKAGE / "templates" if INSTALLED else PACKAGE.parent / "templates"
SAMPLE_COURSE = PACKAGE / "sample_course" if INSTALLED else PACKAGE.parent / "content"
COMMAND = "netviz" if INSTALLED else "python build.py"
