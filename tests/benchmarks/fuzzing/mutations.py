"""Random changes of bytes, of JSON, and of the blocks that formats are made of."""

from __future__ import annotations

import json
import random
import struct
import zlib
from collections.abc import Callable
from typing import Any

INTEGERS = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)
TEXTS = ("", " ", "../../outside", "/etc/passwd", "C:\\outside", "a\x00b", "ä\u0308", "<b>&amp;", "9" * 400)
VALUES: tuple[Any, ...] = (None, True, -1, 0, 1e308, float("nan"), 10**30, [], {}, [[]], {"": None}, *TEXTS)
PNG_HEAD = 8
SAFETENSORS_HEAD = 8
NESTING = 3000

Mutation = Callable[[bytearray, random.Random], bytes | bytearray]


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Returns the bytes with one to four changes at random places."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        changed = bytearray(rng.choice(BYTE_MUTATIONS)(changed, rng))
    return bytes(changed)


def _place(data: bytearray, rng: random.Random) -> int:
    """Returns a place; half of the time one near the start, where formats keep their sizes."""
    end = len(data) if rng.random() < 0.5 else min(len(data), 256)
    return rng.randrange(max(1, end))


def _flip(data: bytearray, rng: random.Random) -> bytearray:
    for _ in range(min(len(data), rng.choice((1, 8, 64)))):
        data[_place(data, rng) % len(data)] ^= 1 << rng.randrange(8)
    return data


def _integer(data: bytearray, rng: random.Random) -> bytearray:
    width, order = rng.choice("BHI"), rng.choice("<>")
    value = struct.pack(order + width, rng.choice(INTEGERS) & (256 ** struct.calcsize(width) - 1))
    place = _place(data, rng)
    data[place : place + len(value)] = value
    return data


def _cut(data: bytearray, rng: random.Random) -> bytearray:
    return data[: _place(data, rng)]


def _delete(data: bytearray, rng: random.Random) -> bytearray:
    place = _place(data, rng)
    del data[place : place + rng.choice((1, 4, 100, 5000))]
    return data


def _repeat(data: bytearray, rng: random.Random) -> bytearray:
    place = _place(data, rng)
    part = data[place : place + rng.choice((4, 100, 5000))]
    data[place:place] = part * rng.choice((1, 3))
    return data


def _zeros(data: bytearray, rng: random.Random) -> bytearray:
    place = _place(data, rng)
    end = min(len(data), place + rng.choice((4, 64, 4096)))
    data[place:end] = bytes(end - place)
    return data


def _insert(data: bytearray, rng: random.Random) -> bytearray:
    place = _place(data, rng)
    data[place:place] = rng.randbytes(rng.choice((1, 16, 1000)))
    return data


def _append(data: bytearray, rng: random.Random) -> bytearray:
    return data + rng.randbytes(rng.choice((1, 1000)))


BYTE_MUTATIONS: tuple[Mutation, ...] = (_flip, _integer, _cut, _delete, _repeat, _zeros, _insert, _append)


def mutated_png(data: bytes, rng: random.Random) -> bytes:
    """Returns a PNG with one block mutated, repeated, moved or left out, and the checksums right again."""
    blocks, place = [], PNG_HEAD
    while place + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        blocks.append((data[place + 4 : place + 8], data[place + 8 : place + 8 + length]))
        place += 12 + length
    which = rng.randrange(len(blocks))
    name, content = blocks.pop(which)
    how = rng.randrange(4)
    if how == 0:
        blocks.insert(which, (name, mutated(content, rng)))
    elif how == 1:
        blocks[which:which] = [(name, content)] * 2
    elif how == 2:
        blocks.insert(rng.randrange(len(blocks) + 1), (name, content))
    made = (
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in blocks
    )
    return data[:PNG_HEAD] + b"".join(made)


def mutated_safetensors(data: bytes, rng: random.Random) -> bytes:
    """Returns a safetensors file whose header is mutated as JSON, its length right again."""
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[SAFETENSORS_HEAD : SAFETENSORS_HEAD + length])
    written = json.dumps(mutated_json(header, rng)).encode()
    return struct.pack("<Q", len(written)) + written + data[SAFETENSORS_HEAD + length :]


def mutated_json(value: Any, rng: random.Random) -> Any:
    """Returns the value with one node inside it replaced, renamed, removed or nested deeply."""
    if isinstance(value, dict) and value and rng.random() < 0.85:
        name = rng.choice(list(value))
        changed = dict(value)
        how = rng.random()
        if how < 0.15:
            del changed[name]
        elif how < 0.25:
            changed[rng.choice(TEXTS)] = changed.pop(name)
        else:
            changed[name] = mutated_json(value[name], rng)
        return changed
    if isinstance(value, list) and value and rng.random() < 0.85:
        place = rng.randrange(len(value))
        return [*value[:place], mutated_json(value[place], rng), *value[place + 1 :]]
    if isinstance(value, (int, float)) and rng.random() < 0.3:
        return rng.choice((-value, value * 1000, str(value), [value]))
    return rng.choice(VALUES)


def mutated_text(data: bytes, rng: random.Random) -> bytes:
    """Returns JSON with a node mutated, or nested more deeply than parsers like, or its bytes mutated."""
    how = rng.random()
    if how < 0.6:
        try:
            return json.dumps(mutated_json(json.loads(data), rng)).encode()
        except (ValueError, RecursionError):  # lines of JSON, CSV, plain text
            return mutated_lines(data, rng)
    if how < 0.65:
        return b"[" * NESTING + b"]" * NESTING
    if how < 0.7:
        return data.decode("utf-8", "replace").encode(rng.choice(("utf-16", "utf-8-sig", "utf-32")))
    return mutated(data, rng)


def mutated_lines(data: bytes, rng: random.Random) -> bytes:
    """Returns lines of which one is mutated as JSON or as bytes, repeated or left out."""
    lines = data.splitlines() or [b""]
    which = rng.randrange(len(lines))
    how = rng.random()
    if how < 0.5:
        try:
            lines[which] = json.dumps(mutated_json(json.loads(lines[which]), rng)).encode()
        except (ValueError, RecursionError):
            lines[which] = mutated(lines[which], rng)
    elif how < 0.7:
        lines[which:which] = [lines[which]] * 3
    elif how < 0.85:
        del lines[which]
    else:
        lines.insert(which, rng.choice(TEXTS).encode())
    return rng.choice((b"\n", b"\r\n", b"\r")).join(lines)
