"""The directories of TIFF files and EXIF blocks, read and written without changing the bytes of any value.

Sources: TIFF 6.0, section 2; BigTIFF's proposal (bigtiff.org); Exif 2.32, section 4.6.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

VALUE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
"""Bytes of one value, by the type of the entry; 129 is the UTF-8 of Exif 3.0."""
BIG_VALUE_BYTES = VALUE_BYTES | {16: 8, 17: 8, 18: 8}
"""The same with the types of BigTIFF."""
WHOLE_NUMBERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
"""Letters of `struct` for the types of whole numbers."""
ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 2, 3, 4, 5, 7
MAX_ENTRIES = 4096
READINGS = 8
"""How often all bytes of a block may be read as values."""
CLASSIC_HEADER = 8
INLINE = 4
"""Most bytes of a value that lies in its entry."""


@dataclass(frozen=True, slots=True)
class TiffEntry:
    """One entry of a directory; `value` in the byte order of its block."""

    kind: int
    """Number of its type."""
    count: int
    value: bytes
    place: int = 0
    """Where the value begins in the block that it was read from."""


Directory = Mapping[int, TiffEntry]
"""Entries by tag."""


class TiffBlock:
    """A TIFF file or the TIFF block of EXIF data. Raises `ValueError` if there is no such header."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        orders = {b"II": "<", b"MM": ">"}
        if data[:2] not in orders or len(data) < CLASSIC_HEADER:
            raise ValueError("no TIFF header")
        self.order = orders[data[:2]]
        """The byte order as `struct` names it."""
        (version,) = struct.unpack_from(f"{self.order}H", data, 2)
        if version not in (42, 43):
            raise ValueError("no TIFF header")
        self.is_big = version == 43
        self._first_at = 8 if self.is_big else 4
        self._offset = f"{self.order}{'Q' if self.is_big else 'I'}"
        if len(data) < self._first_at + struct.calcsize(self._offset):
            raise ValueError("no TIFF header")
        self._room = READINGS * len(data)
        (self.first,) = struct.unpack_from(self._offset, data, self._first_at)

    def directory(self, place: int) -> tuple[dict[int, TiffEntry], int]:
        """The readable entries of the directory at `place`, and the place of the next one or 0.

        Many entries can name the same bytes: no more than a few times the size of the block is read in all.
        """
        count_format, entry_size = ("Q", 20) if self.is_big else ("H", 12)
        try:
            (count,) = struct.unpack_from(f"{self.order}{count_format}", self.data, place)
        except struct.error:
            return {}, 0
        start = place + struct.calcsize(f"={count_format}")
        entries: dict[int, TiffEntry] = {}
        for number in range(min(count, MAX_ENTRIES)):
            at = start + number * entry_size
            if at + entry_size > len(self.data):
                return entries, 0
            (tag,) = struct.unpack_from(f"{self.order}H", self.data, at)
            if (entry := self._entry(at + 2)) is not None:
                entries.setdefault(tag, entry)
        try:
            (following,) = struct.unpack_from(self._offset, self.data, start + count * entry_size)
        except (struct.error, OverflowError):
            following = 0
        return entries, following

    def _entry(self, at: int) -> TiffEntry | None:
        """The entry whose type is at `at`; None if its type is unknown or its value outside the block."""
        kind, count = struct.unpack_from(f"{self.order}H{'Q' if self.is_big else 'I'}", self.data, at)
        sizes = BIG_VALUE_BYTES if self.is_big else VALUE_BYTES
        if kind not in sizes:
            return None
        size, room = count * sizes[kind], struct.calcsize(self._offset)
        place = at + 2 + room
        if size > room:
            (place,) = struct.unpack_from(self._offset, self.data, place)
        self._room -= size
        if self._room < 0:
            return None
        value = self.data[place : place + size]
        return TiffEntry(kind, count, value, place) if len(value) == size else None

    def numbers(self, entry: TiffEntry | None) -> tuple[int, ...]:
        """The whole numbers of an entry; empty for another type."""
        if entry is None or entry.kind not in WHOLE_NUMBERS:
            return ()
        return struct.unpack(f"{self.order}{entry.count}{WHOLE_NUMBERS[entry.kind]}", entry.value)

    def number(self, entry: TiffEntry | None, default: int = 0) -> int:
        """The first whole number of an entry."""
        return next(iter(self.numbers(entry)), default)

    def fraction(self, entry: TiffEntry | None) -> float:
        """The first fraction of an entry; 0 for another type."""
        if entry is None or entry.kind != RATIONAL or not entry.value:
            return 0.0
        numerator, denominator = struct.unpack_from(f"{self.order}II", entry.value)
        return float(numerator / denominator) if denominator else 0.0

    def inner(self, entry: TiffEntry | None) -> dict[int, TiffEntry]:
        """The directory that an entry points to; empty if there is none."""
        return self.directory(place)[0] if (place := self.number(entry)) else {}

    def beginning_with(self, place: int) -> bytes:
        """The file with the directory at `place` as its first."""
        head, offset = self.data[: self._first_at], struct.pack(self._offset, place)
        return head + offset + self.data[len(head) + len(offset) :]


def short(order: str, value: int) -> TiffEntry:
    """An entry of one 16-bit number."""
    return TiffEntry(SHORT, 1, struct.pack(f"{order}H", value))


def long(order: str, value: int) -> TiffEntry:
    """An entry of one 32-bit number."""
    return TiffEntry(LONG, 1, struct.pack(f"{order}I", value))


def rational(order: str, numerator: int, denominator: int) -> TiffEntry:
    """An entry of one fraction."""
    return TiffEntry(RATIONAL, 1, struct.pack(f"{order}II", numerator, denominator))


def text(value: str) -> TiffEntry:
    """An entry of text."""
    encoded = value.encode() + b"\0"
    return TiffEntry(ASCII, len(encoded), encoded)


def tiff_block(order: str, main: Directory, inner: Mapping[int, Directory], pinned: int) -> bytes:
    """A block of the directory `main` and of the `inner` ones, each pointed to by its tag.

    The value of the tag `pinned`, if it is in one of the directories, stays where it was read from, so that
    offsets inside it remain valid. Raises `ValueError` if that place is in the header.
    """
    everything = (main, *inner.values())
    fixed = next((directory[pinned] for directory in everything if pinned in directory), None)
    layout = _Layout(order, fixed if fixed and len(fixed.value) > INLINE else None)
    places = {tag: layout.room(_table_size(directory)) for tag, directory in inner.items()}
    pointers = {tag: long(order, place) for tag, place in places.items()}
    first = layout.room(_table_size({**main, **pointers}))
    layout.fill(first, {**main, **pointers})
    for tag, directory in inner.items():
        layout.fill(places[tag], directory)
    mark = b"II" if order == "<" else b"MM"
    layout.put(0, mark + struct.pack(f"{order}HI", 42, first))
    return bytes(layout.block)


def _table_size(directory: Directory) -> int:
    return 2 + 12 * len(directory) + 4


class _Layout:
    """Assigns places in a block, around a value whose place is fixed."""

    def __init__(self, order: str, fixed: TiffEntry | None) -> None:
        self.block = bytearray(CLASSIC_HEADER)
        self._order = order
        self._fixed = fixed
        self._free = CLASSIC_HEADER
        if fixed is not None:
            if fixed.place < CLASSIC_HEADER:
                raise ValueError("a value in the header")
            self.put(fixed.place, fixed.value)

    def room(self, size: int) -> int:
        """The even place of `size` bytes that nothing else uses."""
        place, fixed = self._free, self._fixed
        if fixed is not None and place < fixed.place + len(fixed.value) and place + size > fixed.place:
            place = fixed.place + len(fixed.value)
            place += place % 2
        self._free = place + size + size % 2
        return place

    def put(self, place: int, value: bytes) -> None:
        """Writes a value, with zeros up to it where the block is shorter."""
        self.block.extend(bytes(max(0, place + len(value) - len(self.block))))
        self.block[place : place + len(value)] = value

    def fill(self, place: int, directory: Directory) -> None:
        """Writes a directory and the values of its entries."""
        rows = b"".join(self._row(tag, directory[tag]) for tag in sorted(directory))
        self.put(place, struct.pack(f"{self._order}H", len(directory)) + rows + bytes(4))

    def _row(self, tag: int, entry: TiffEntry) -> bytes:
        head = struct.pack(f"{self._order}HHI", tag, entry.kind, entry.count)
        if len(entry.value) <= INLINE:
            return head + entry.value.ljust(INLINE, b"\0")
        place = entry.place if entry is self._fixed else self.room(len(entry.value))
        if entry is not self._fixed:
            self.put(place, entry.value)
        return head + struct.pack(f"{self._order}I", place)


def only(directory: Directory, tags: Iterable[int]) -> dict[int, TiffEntry]:
    """The entries of these tags, those that a classic block can hold."""
    return {tag: directory[tag] for tag in tags if tag in directory and directory[tag].kind in VALUE_BYTES}
