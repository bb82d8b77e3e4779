"""Which methods the page Your photo offers: those that its scripts declare, which run in readers' browsers."""

from __future__ import annotations

import re

from netviz.site.overrides import Templates, template_file

REGISTRY = "your-photo/methods.js"
# Of a method in there, by the course's name for it.
DECLARATION = re.compile(r'^  method\("([\w-]+)", \{$', re.MULTILINE)


def offered_methods(templates: Templates) -> tuple[str, ...]:
    """The methods that the page has, by the course's names: those that its registry declares, in that order."""
    return tuple(DECLARATION.findall(template_file(templates, REGISTRY).read_text("utf-8")))
