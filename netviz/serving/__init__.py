"""`netviz serve`: a course while it is being written, built whenever a file is saved and shown anew in open pages.

One process builds, another answers browsers and watches the folders, and what the one has to tell the other is a
`State`. The room may know how a site's manifest is read and which files of a course are nobody's. It must not know how
a site is built: whoever calls it says so.
"""

from netviz.serving.builder import Outcome
from netviz.serving.server import serve

__all__ = ["Outcome", "serve"]
