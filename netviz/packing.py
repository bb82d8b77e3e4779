"""Ten thousand of a thing in little memory: as bytes, of which one is made anew whenever it is asked for.

An object of Python's takes a hundred bytes, and each text in it fifty more, which makes kilobytes of a photo with all
that is known of it; the bytes that tell the same are a tenth of that.
"""

from __future__ import annotations

import heapq
import marshal
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Generic, TypeVar, overload

SHA256 = 32  # bytes
FRESH = 200  # keys that a set holds one by one before it packs them

Value = TypeVar("Value")


class Packed(Sequence[Value], Generic[Value]):
    """Plain values, each as its own bytes: texts, numbers, None, and tuples and dicts of these."""

    def __init__(self, values: Iterable[Value]) -> None:
        content, self._ends = bytearray(), array("Q", [0])
        for value in values:
            content += marshal.dumps(value)  # type: ignore[arg-type]  # it tells what it can't take
            self._ends.append(len(content))
        self._bytes = bytes(content)

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, place: int) -> Value: ...
    @overload
    def __getitem__(self, place: slice) -> list[Value]: ...
    def __getitem__(self, place: int | slice) -> Value | list[Value]:
        number = range(len(self))[place]
        if isinstance(number, range):
            return [self[one] for one in number]
        value: Value = marshal.loads(self._bytes[self._ends[number] : self._ends[number + 1]])
        return value


class Digests:
    """SHA-256 digests in hexadecimal, by number: each is found out when it is first asked for, and then known."""

    def __init__(self, count: int) -> None:
        self._bytes = bytearray(SHA256 * count)

    def known(self, number: int, find: Callable[[], str]) -> str:
        """The digest of this number; ``find`` gives it where it isn't known yet."""
        place = slice(SHA256 * number, SHA256 * number + SHA256)
        if not any(self._bytes[place]):
            self._bytes[place] = bytes.fromhex(find())
        return self._bytes[place].hex()


class KeySet:
    """A growing set of SHA-256 digests in hexadecimal, which are given in their order."""

    def __init__(self) -> None:
        self._packed, self._fresh = b"", set[bytes]()

    def add(self, key: str) -> None:
        """One more, unless it is there already."""
        self._fresh.add(bytes.fromhex(key))
        if len(self._fresh) > FRESH + len(self._packed) // (16 * SHA256):  # so that each is packed some sixteen times
            self._pack()

    def __iter__(self) -> Iterator[str]:
        self._pack()
        return map(bytes.hex, self._kept())

    def _pack(self) -> None:
        merged = heapq.merge(self._kept(), sorted(self._fresh))
        packed = bytearray()
        for key, _ in groupby(merged):
            packed += key
        self._packed, self._fresh = bytes(packed), set()

    def _kept(self) -> Iterator[bytes]:
        return (self._packed[start : start + SHA256] for start in range(0, len(self._packed), SHA256))
