"""Templates as Jinja2 compiles them, kept where Python keeps compiled modules: to fill them in takes less time.

They are code, so they stand neither in the store nor in the course: nobody runs what came with these.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

from netviz.installation import TEMPLATES


class CompiledTemplates(FileSystemBytecodeCache):
    """Those of netviz in a language; ``made_by`` is a key of what makes code of a template's text.

    The language counts, for what is constant in a template is worked out when it is compiled, by filters that speak it.
    """

    def __init__(self, language: str, made_by: str) -> None:
        super().__init__(str(Path(cache_from_source(TEMPLATES / "templates.py")).parent))
        self._language, self._made_by = language, made_by

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """What a template is called here."""
        return super().get_cache_key(f"{self._language}/{name}", filename)

    def get_source_checksum(self, source: str) -> str:
        """What tells whether it was compiled from just this."""
        return super().get_source_checksum(f"{self._made_by}\n{source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is known of one; what can't be read, be it cut short, is as good as nothing."""
        try:
            super().load_bytecode(bucket)
        except Exception:
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep one, where Python itself would and can."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                Path(self.directory).mkdir(parents=True, exist_ok=True)
                super().dump_bytecode(bucket)
