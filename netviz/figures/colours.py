"""Values to colours: limits that do not lie, maps that colour-blind readers can read, bars that say both.

Signed maps are pinned at zero with limits at plus and minus the 99th percentile of |value|; maps without
signs run from zero to that percentile. No map is stretched from its least to its greatest value: that hides
scale and zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netviz.figures.figure import Legend, rounded

Floats = NDArray[np.floating[Any]]
Pixels = NDArray[np.uint8]

DIVERGING = "RdBu_r"  # red for, blue against: told apart in every common colour blindness
DIVERGING_REACH = 0.8  # of that map, around its middle: its ends are both nearly black
SEQUENTIAL = "inferno"  # perceptually uniform, black at zero
PERCENTILE = 99.0
STOPS = 17  # odd: the middle one is the colour of zero
OPACITY = 0.85  # of the strongest colour that is laid over a picture
UNDERLAY_GREY = 128  # the grey that an overlay's colour bar stands on


@dataclass(frozen=True)
class Scale:
    """Colours for values: ``limit`` > 0 is the |value| of the strongest colour, ``raw_max`` the greatest."""

    signed: bool
    limit: float
    raw_max: float
    percentile: float = PERCENTILE

    @property
    def palette(self) -> Pixels:
        """The colours of the levels: (255, 3) with zero in the middle, or (256, 3) with zero first."""
        return _diverging() if self.signed else _sequential()

    @property
    def opacities(self) -> Floats:
        """How opaque each level is when it is laid over a picture: 0 at zero, growing with |value|."""
        strength = np.abs(np.linspace(-1, 1, 255)) if self.signed else np.linspace(0, 1, 256)
        return np.asarray(OPACITY * strength**0.75)

    @property
    def overlay_palette(self) -> Pixels:
        """The colours laid over a picture. Opacity says how strong, so signed hues need no pale middle."""
        if not self.signed:
            return self.palette
        strength = np.linspace(-1, 1, 255)
        shifted = np.sign(strength) * (0.6 + 0.4 * np.abs(strength))
        return np.asarray(self.palette[np.rint(127 + 127 * shifted).astype(int)])

    def levels(self, values: Floats) -> NDArray[np.uint8]:
        """The place of each value in the palette; beyond the limit, the last one. Of the values' shape."""
        if self.signed:
            return np.asarray(127 + np.rint(127 * np.clip(values / self.limit, -1, 1)), np.uint8)
        return np.asarray(np.rint(255 * np.clip(values / self.limit, 0, 1)), np.uint8)

    def colours(self, values: Floats) -> Pixels:
        """RGB of each value: (h, w) to (h, w, 3)."""
        return np.asarray(self.palette[self.levels(values)])

    def over(self, values: Floats, picture: Pixels) -> Pixels:
        """The colours laid over the picture in grey, more opaque the stronger the value: (h, w) to (h, w, 3).

        Where the value is zero the picture is left exactly as it is.
        """
        return self._blend(self.levels(values), grey(picture).astype(np.float64))

    def legend(self, overlay: bool = False) -> Legend:
        """The colour bar; of an overlay as it looks on a middle grey."""
        low = -self.limit if self.signed else 0.0
        places = np.rint(np.linspace(0, len(self.palette) - 1, STOPS)).astype(np.uint8)
        middle_grey = np.full((STOPS, 3), float(UNDERLAY_GREY))
        bar = self._blend(places, middle_grey) if overlay else self.palette[places]
        return Legend(
            colormap=DIVERGING if self.signed else SEQUENTIAL,
            low=rounded(low) or 0.0,
            high=rounded(self.limit) or 0.0,
            zero=0.5 if self.signed else 0.0,
            clip=rounded(self.limit) or 0.0,
            raw_max=rounded(self.raw_max) or 0.0,
            stops=tuple(f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in bar),
            percentile=self.percentile,
        )

    def _blend(self, levels: NDArray[np.uint8], under: Floats) -> Pixels:
        opacity = self.opacities[levels][..., None]
        return np.rint(under * (1 - opacity) + self.overlay_palette[levels] * opacity).astype(np.uint8)


def scale_of(maps: Iterable[Floats], signed: bool, percentile: float = PERCENTILE) -> Scale | None:
    """One scale for all these maps together; None if none of them has anything to show.

    The limit is the percentile of |value|, or the greatest one where even that percentile is zero.
    """
    sizes = [np.abs(one).ravel() for one in maps]
    if not sizes:
        return None
    pooled = np.concatenate(sizes).astype(np.float64)
    raw_max = float(pooled.max())
    return Scale(signed, float(np.percentile(pooled, percentile)) or raw_max, raw_max, percentile)


def grey(picture: Pixels) -> Pixels:
    """A picture without its colours (luma of ITU-R 601): (h, w, 3) to (h, w, 3)."""
    luma = picture.astype(np.float64) @ np.array([0.299, 0.587, 0.114])
    return np.repeat(np.rint(luma)[..., None], 3, axis=-1).astype(np.uint8)


@cache
def _diverging() -> Pixels:
    """255 colours with the neutral one in the middle, which the 256 of Matplotlib's own table don't have."""
    import matplotlib

    finely = matplotlib.colormaps[DIVERGING].resampled(4001)
    places = np.linspace(0.5 - DIVERGING_REACH / 2, 0.5 + DIVERGING_REACH / 2, 255)
    return _bytes(finely(np.rint(4000 * places).astype(int)))


@cache
def _sequential() -> Pixels:
    import matplotlib

    return _bytes(matplotlib.colormaps[SEQUENTIAL](np.arange(256)))


def _bytes(colours: Floats) -> Pixels:
    """RGBA from 0 to 1, rounded: (n, 4) to (n, 3)."""
    return np.asarray(np.rint(255 * colours[:, :3]), np.uint8)
