"""Numbers as people read them, for prose, figures and alternative texts. ``templates/numerals.js`` writes the same.

Three significant digits, digits in groups from five on, a true minus sign, halves rounded away from zero; what is
smaller than 0.001 or not below ten millions in powers of ten.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

MINUS = "\u2212"
NARROW_SPACE = "\u202f"  # groups digits and never breaks a line
SPACE = "\u00a0"  # before a unit: does not break a line
NOTHING = "\u2013"  # in the place of a number that is not finite
PERCENT_SIGN = f"{SPACE}%"
LEAST, MOST = Decimal("1e-3"), Decimal("1e7")  # sizes from one on and below the other have no powers of ten
DIGITS = 3
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_EXACT, _TWO, _THREE = (Context(prec=digits, rounding=ROUND_HALF_UP) for digits in (1000, 2, DIGITS))
_KEPT = 4096  # numbers that pages repeat


@lru_cache(_KEPT, typed=True)
def number(value: float | None, zeros: bool = False) -> str:
    """A number of three significant digits; whole numbers are whole.

    ``zeros`` keeps zeros at the end, so that numbers line up beneath each other.
    """
    if isinstance(value, int):
        return integer(value)
    if value is None or not math.isfinite(value):
        return NOTHING
    rounded = _THREE.create_decimal_from_float(abs(value))
    if not rounded:
        return "0"
    if not LEAST <= rounded < MOST:
        return _sign(value) + in_powers(rounded.scaleb(-rounded.adjusted()), rounded.adjusted(), DIGITS - 1)
    if rounded >= 10**DIGITS:
        return integer(value)
    decimals = DIGITS - 1 - rounded.adjusted()
    text = fixed(value, decimals)
    return text if zeros or not decimals else text.rstrip("0").rstrip(".")


def signed(value: float | None) -> str:
    """A number with its sign, also where it is positive."""
    return f"+{number(value)}" if value is not None and value > 0 else number(value)


def integer(value: float | None) -> str:
    """A whole number."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return NOTHING
    return fixed(value, 0)


@lru_cache(_KEPT, typed=True)
def percent(share: float | None, sign: str = PERCENT_SIGN) -> str:
    """A share as a percentage, with the language's ``sign``: 0.4512 is ``45.1 %``. Never a rounded 0 or 100."""
    if share is None or not math.isfinite(share):
        return NOTHING
    value = Decimal(100 * share)
    size = abs(value)
    if 0 < size < Decimal("1e-4"):
        return _beyond(value, "0.0001", "<", sign)
    if Decimal("99.95") <= size < 100:
        return _beyond(value, "99.9", ">", sign)
    if 100 < size < Decimal("100.5"):
        return _beyond(value, "100", ">", sign)
    if 0 < size < Decimal("0.1"):
        digits = _TWO.plus(size).normalize()
        return f"{_sign(value)}{digits:f}{sign}"
    return fixed(value, 1 if 0 < size < 100 else 0) + sign


def fixed(value: float | Decimal, decimals: int) -> str:
    """A number of so many decimals, whatever its size."""
    text = f"{_EXACT.quantize(abs(Decimal(value)), Decimal(1).scaleb(-decimals)):f}"
    whole, point, rest = text.partition(".")
    grouped = f"{int(whole):,}".replace(",", NARROW_SPACE) if len(whole) > 4 else whole
    return (_sign(value) if text.strip("0.") else "") + grouped + point + rest


def in_powers(mantissa: float | Decimal, power: int, decimals: int) -> str:
    """A number in powers of ten: ``1.23 × 10⁻⁵``."""
    return f"{fixed(mantissa, decimals)}{SPACE}×{SPACE}{raised(10, power)}"


def raised(base: int, power: int) -> str:
    """A power as it is written: ``10⁻⁵``."""
    return f"{base}{str(power).translate(_RAISED)}"


def measured(whole: int, power: int) -> str:
    """``whole`` times a power of ten, one of numbers of up to three digits: no digit is shown that was not measured."""
    exponent = power + DIGITS - 1  # of the greatest of them
    if not LEAST <= Decimal(1).scaleb(exponent) < MOST:
        return in_powers(Decimal(whole).scaleb(1 - DIGITS), exponent, DIGITS - 1)
    return fixed(Decimal(whole).scaleb(power), max(0, -power))


def _beyond(value: Decimal, limit: str, than: str, sign: str) -> str:
    """That a value is closer to zero than a limit (``<``), or farther from it (``>``), as order has it below zero."""
    turned = {"<": ">", ">": "<"}[than] if value < 0 else than
    return f"{turned}{SPACE}{_sign(value)}{limit}{sign}"


def _sign(value: float | Decimal) -> str:
    return MINUS if value < 0 else ""
