"""What ends a build, in one sentence for its user; a fault of netviz' own leaves a file with its details.

One place for all ways to run netviz: the command line prints these words, `netviz serve` shows them on the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from netviz.cache.manifest import Damaged
from netviz.cluster.dask_library import ClusterUnavailable
from netviz.networks.browser_runtime import RuntimeUnavailable
from netviz.networks.weights import WeightsUnavailable
from netviz.refusals import UnreadablePicture, refusal, write_details
from netviz.site.books.printing import CannotPrint
from netviz.site.files.publish import CannotPublish

MENDABLE = 1
FAULT = 70  # what <sysexits.h> calls an internal software error


@dataclass(frozen=True)
class Failure:
    """Why a build ended, and the exit code that says so: `MENDABLE` by its user, or a `FAULT` of netviz."""

    sentence: str
    code: int = MENDABLE


def failure_of(error: Exception, store: Path) -> Failure:
    """An exception in words, Mistakes apart. Writes the details of a fault into the folder of the store."""
    match error:
        case WeightsUnavailable() | RuntimeUnavailable() | ClusterUnavailable():
            return Failure(str(error))
        case CannotPrint() | UnreadablePicture() | CannotPublish():
            return Failure(str(error))
        case Damaged():
            return Failure(f"{error}; remove that file, and build the sites that share its store again")
        case OSError():
            return Failure(refusal(error))
        case MemoryError():
            return Failure("there is too little memory; close other programs, or give this one more (`ulimit -v`)")
    details = write_details(error, store)
    return Failure(
        f"a fault of netviz itself, for which we are sorry ({type(error).__name__}); the site was not changed. "
        f"Its details are in {details}: please send them to the authors.",
        FAULT,
    )
