"""Reads the pickles inside torch checkpoints without running them.

A pickle is a small program that may import and call anything. This reader executes its instructions on plain
values: it imports nothing and calls nothing that the file names. Functions that rebuild tensors and
dictionaries are emulated, other allowed names become an empty placeholder, and any other name makes the whole
file unsafe (`engine.tensors.pickle_names`).
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NoReturn

import torch

from engine.errors import ModelNotUsable, UnsafeCheckpoint
from engine.tensors.pickle_names import (
    DICTIONARIES,
    PARAMETER_REBUILDERS,
    SIZE,
    TENSOR_REBUILDERS,
    TYPE_REBUILDER,
    PickleName,
)

MAX_INSTRUCTIONS = 4_000_000
"""Most instructions of a pickle; a checkpoint needs about 32 for each tensor."""
MAX_SIDES = 64
"""Most dimensions of a tensor in torch."""
INVALID_PICKLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""Exceptions that invalid instructions raise in the reader."""


@dataclass(frozen=True, slots=True)
class StorageReference:
    """A reference to a storage, whose numbers are outside the pickle."""

    key: str
    dtype: torch.dtype
    numel: int
    first: int = 0
    """First element within the storage `key`; not 0 only in old files with views."""


@dataclass(frozen=True, slots=True)
class PickledTensor:
    """A tensor as the pickle describes it, unchecked; `offset` and `stride` in elements of `dtype`."""

    storage: StorageReference
    dtype: torch.dtype
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


class Placeholder:
    """Replaces an object that no model needs. Has no content and runs nothing."""

    __slots__ = ()


PLACEHOLDER = Placeholder()


@dataclass(slots=True)
class PickleContents:
    """The value in a pickle, and the storages that it refers to."""

    value: object = None
    """None, numbers, text, bytes, lists, tuples, dictionaries by text, tensors, names, placeholders."""
    storages: dict[str, StorageReference] = field(default_factory=dict)


def read_pickle(stream: BinaryIO, location: str) -> PickleContents:
    """Reads the next pickle of a stream, and leaves the stream after it.

    Raises `UnsafeCheckpoint` if it names code, `ModelNotUsable` if it is damaged or too long.
    """
    machine = _PickleMachine(location)
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(stream)):
            if count == MAX_INSTRUCTIONS:
                raise ModelNotUsable(
                    "model.too-much-beside-tensors",
                    "{file} contains too much besides its tensors.",
                    "Get the model as a safetensors file.",
                    file=location,
                )
            machine.steps[opcode.name](argument)
        return PickleContents(machine.stack.pop(), machine.storages)
    except INVALID_PICKLE as error:
        raise ModelNotUsable(
            "model.tensor-list-invalid",
            "{file} is damaged: its list of tensors is invalid.",
            "Download it again.",
            file=location,
        ) from error


def _whole_numbers(values: object) -> tuple[int, ...]:
    if not isinstance(values, tuple | list) or len(values) > MAX_SIDES:
        raise ValueError("sizes that are no list")
    if not all(type(value) is int and 0 <= value < 2**63 for value in values):
        raise ValueError("sizes that are no whole numbers")
    return tuple(values)


class _PickleMachine:
    """The stack machine that executes pickles, as `pickletools` describes it."""

    def __init__(self, location: str) -> None:
        self.stack: list[object] = []
        self.storages: dict[str, StorageReference] = {}
        self._location = location
        self._marks: list[int] = []
        self._memo: dict[int, object] = {}
        self.steps = {**self._values(), **self._containers(), **self._objects()}

    def _values(self) -> Mapping[str, Callable[[Any], None]]:
        push = self.stack.append
        literals = """
            INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT STRING BINSTRING SHORT_BINSTRING
            UNICODE SHORT_BINUNICODE BINUNICODE BINUNICODE8 BINBYTES SHORT_BINBYTES BINBYTES8 BYTEARRAY8
        """
        return {
            **dict.fromkeys(literals.split(), push),
            **dict.fromkeys(("PROTO", "FRAME", "STOP"), lambda _: None),
            **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), self._remember),
            **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), lambda key: push(self._memo[key])),
            "MEMOIZE": lambda _: self._remember(len(self._memo)),
            "NONE": lambda _: push(None),
            "NEWTRUE": lambda _: push(True),
            "NEWFALSE": lambda _: push(False),
            "DUP": lambda _: push(self.stack[-1]),
            "MARK": lambda _: self._marks.append(len(self.stack)),
            "POP": lambda _: self._drop(),
            "POP_MARK": lambda _: self._drop_marked(),
        }

    def _containers(self) -> Mapping[str, Callable[[Any], None]]:
        push, pop = self.stack.append, self.stack.pop
        return {
            "EMPTY_TUPLE": lambda _: push(()),
            "TUPLE1": lambda _: self._join(1),
            "TUPLE2": lambda _: self._join(2),
            "TUPLE3": lambda _: self._join(3),
            "TUPLE": lambda _: push(tuple(self._marked())),
            "EMPTY_LIST": lambda _: push([]),
            "LIST": lambda _: push(self._marked()),
            "APPEND": lambda _: self._extend([pop()]),
            "APPENDS": lambda _: self._extend(self._marked()),
            "EMPTY_DICT": lambda _: push({}),
            "DICT": lambda _: push(_dictionary(self._marked())),
            "SETITEM": lambda _: self._update([pop(-2), pop()]),
            "SETITEMS": lambda _: self._update(self._marked()),
            "EMPTY_SET": lambda _: push(PLACEHOLDER),
            "ADDITEMS": lambda _: self._drop_marked(),
            "FROZENSET": lambda _: push(self._call(None, tuple(self._marked()))),
        }

    def _objects(self) -> Mapping[str, Callable[[Any], None]]:
        push, pop = self.stack.append, self.stack.pop
        return {
            "GLOBAL": lambda path: push(self._look_up(*path.split(" ", 1))),
            "STACK_GLOBAL": lambda _: push(self._look_up(pop(-2), pop())),
            "INST": lambda path: push(self._call(self._look_up(*path.split(" ", 1)), tuple(self._marked()))),
            "OBJ": lambda _: push(self._call_first(*self._marked())),
            "REDUCE": lambda _: push(self._call(pop(-2), pop())),
            "NEWOBJ": lambda _: push(self._call(pop(-2), pop())),
            "NEWOBJ_EX": lambda _: push(self._call(pop(-3), pop(-2), pop())),
            "BUILD": lambda _: self._drop(),
            "BINPERSID": lambda _: push(self._outside(pop())),
        }

    def _remember(self, key: int) -> None:
        self._memo[key] = self.stack[-1]

    def _marked(self) -> list[object]:
        """Pops and returns all values above the last mark."""
        mark = self._marks.pop()
        values = self.stack[mark:]
        del self.stack[mark:]
        return values

    def _drop(self) -> None:
        if self._marks and self._marks[-1] == len(self.stack):
            self._marks.pop()
        else:
            self.stack.pop()

    def _drop_marked(self) -> None:
        self._marked()

    def _join(self, count: int) -> None:
        if len(self.stack) < count:
            raise IndexError("too few values for a tuple")
        self.stack[-count:] = [tuple(self.stack[-count:])]

    def _extend(self, values: list[object]) -> None:
        target = self.stack[-1]
        if isinstance(target, list):
            target.extend(values)

    def _update(self, values: list[object]) -> None:
        target = self.stack[-1]
        if isinstance(target, dict):
            target.update(_dictionary(values))

    def _look_up(self, module: object, name: object) -> object:
        if not (isinstance(module, str) and isinstance(name, str)):
            raise ValueError("a name that is not text")
        named = PickleName(module, name)
        if not named.is_known:
            self._refuse(named)
        return named.dtype or named

    def _refuse(self, named: PickleName) -> NoReturn:
        raise UnsafeCheckpoint(
            "unsafe.code",
            "The file {file} tries to run code ({code_names}) and was not opened.",
            "Get the model as a safetensors file, from a source you trust.",
            file=self._location,
            code_names=named,
        )

    def _call_first(self, named: object, *arguments: object) -> object:
        return self._call(named, arguments)

    def _call(self, named: object, arguments: object, keywords: object = None) -> object:
        """The value of a call that rebuilds a tensor or a container; a placeholder for other calls."""
        if not isinstance(arguments, tuple):
            raise ValueError("arguments that are no tuple")
        if not isinstance(named, PickleName):
            return PLACEHOLDER
        if named.fits(TENSOR_REBUILDERS):
            return _tensor(*arguments)
        if named.fits(PARAMETER_REBUILDERS):
            return arguments[0]
        if named.fits(TYPE_REBUILDER):
            return self._call(arguments[0], arguments[2])
        if named.fits(SIZE):
            return _whole_numbers(*arguments)
        if named.fits(DICTIONARIES):
            return _dictionary(_flat_pairs(arguments))
        return PLACEHOLDER

    def _outside(self, reference: object) -> object:
        """Resolves torch's persistent ids: "storage", kind, key, device, numel and, in old files, a view."""
        if not (isinstance(reference, tuple) and reference):
            raise ValueError("a reference that is no tuple")
        if reference[0] != "storage":
            return PLACEHOLDER
        _, kind, key, _, numel, *view = reference
        dtype = kind.storage_dtype if isinstance(kind, PickleName) else None
        if dtype is None or not isinstance(key, str):
            raise ValueError("numbers of no kind")
        whole = StorageReference(key, dtype, *_whole_numbers((numel,)))
        self.storages.setdefault(key, whole)
        if not (view and view[0]):
            return whole
        _, first, size = view[0]
        return StorageReference(key, dtype, *_whole_numbers((size, first)))


def _tensor(storage: object, offset: object, shape: object, stride: object, *rest: object) -> PickledTensor:
    """A tensor; the newest rebuild function of torch also has a dtype, because its storages are bytes."""
    if not isinstance(storage, StorageReference):
        raise ValueError("a tensor without numbers")
    sides, steps = _whole_numbers(shape), _whole_numbers(stride)
    if len(sides) != len(steps):
        raise ValueError("sides without a stride")
    dtype = next((value for value in rest if isinstance(value, torch.dtype)), storage.dtype)
    (start,) = _whole_numbers((offset,))
    return PickledTensor(storage, dtype, start, sides, steps)


def _dictionary(values: list[object]) -> dict[str, object]:
    """Entries with string keys. Others are skipped: hashing chosen keys could take very long."""
    pairs = zip(values[::2], values[1::2], strict=True)
    return {key: value for key, value in pairs if isinstance(key, str)}


def _flat_pairs(arguments: tuple[object, ...]) -> list[object]:
    """Key, value, key, … of `OrderedDict([[key, value], …])`, as Python 2 wrote it; else empty."""
    pairs = arguments[0] if arguments and isinstance(arguments[0], list) else []
    return [value for pair in pairs for value in pair]
