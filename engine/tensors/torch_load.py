"""Reads zip checkpoints with `torch.load(weights_only=True, mmap=True)`.

Allowed objects beside the weights (`engine.tensors.pickle_names`) that `weights_only` does not support are
replaced by inert stand-ins: nothing that the file names is imported. `engine.tensors.torch_files` lists the
files that are not read with torch.load, and the reasons.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import torch
from torch import Tensor
from torch.serialization import get_unsafe_globals_in_checkpoint, safe_globals

from engine.tensors.mapped_tensors import aligned, lacks
from engine.tensors.pickle_names import PickleName

MAX_LOADED_BYTES = 1 << 20
"""Largest pickle for torch.load; that of Stable Diffusion with averaged weights has 274 kB. torch.load hashes
every key in the file: with keys chosen to collide, the time grows with the square of their number and cannot
be interrupted; a pickle of `MAX_PICKLE_BYTES` would take hours."""
MAX_TUPLE_DEPTH = 500
"""Deepest nesting of tuples. Hashing recurses in C: a key nested 300,000 deep, 300 kB of file, crashes
Python."""
PROTOCOL = 2
PUTS, GETS = frozenset({"BINPUT", "LONG_BINPUT"}), frozenset({"BINGET", "LONG_BINGET"})


class StandIn:
    """Replaces an object that no model needs: accepts any arguments, has no content and runs nothing."""

    __slots__ = ()

    def __new__(cls, *_: object) -> StandIn:
        return super().__new__(cls)

    def __init__(self, *_: object) -> None: ...

    def __setstate__(self, state: object) -> None: ...


def _empty_dictionary(*_: object) -> dict[object, object]:
    """Replaces `collections.defaultdict`, whose entries are set afterwards."""
    return {}


STAND_INS: dict[str, Callable[..., object]] = {
    "builtins.dict": dict,
    "collections.defaultdict": _empty_dictionary,
}


class LoadedTensors:
    """Tensors mapped by torch.load, as a `TensorSource`."""

    def __init__(self, location: str, tensors: Mapping[str, Tensor], metadata: dict[str, str]) -> None:
        self.location = location
        self.metadata = metadata
        self._forms = {name: (tuple(tensor.shape), tensor.dtype) for name, tensor in tensors.items()}
        self._tensors: Mapping[str, Tensor] | None = tensors

    def names(self) -> Collection[str]:
        """The names of all tensors."""
        return self._forms.keys()

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor. Raises `ModelNotUsable` if it is missing."""
        return self._form(name)[0]

    def dtype(self, name: str) -> torch.dtype:
        """The number type of a tensor. Raises `ModelNotUsable` if it is missing."""
        return self._form(name)[1]

    def read(self, name: str) -> Tensor:
        """A tensor, which shares the mapped memory unless it is not aligned for its dtype."""
        self._form(name)
        if self._tensors is None:
            raise ValueError(f"{self.location} is closed")
        return aligned(self._tensors[name])

    def close(self) -> None:
        """Releases the map once no tensor that was read uses it."""
        self._tensors = None

    def _form(self, name: str) -> tuple[tuple[int, ...], torch.dtype]:
        try:
            return self._forms[name]
        except KeyError as error:
            raise lacks(self.location, name) from error


def load_mapped(path: Path) -> object | None:
    """The content of a zip checkpoint, with mapped tensors; None if torch.load does not read it."""
    if path.suffix == ".safetensors":
        return None
    try:
        if not _is_harmless(torch._C.PyTorchFileReader(str(path)).get_record("data.pkl")):
            return None
        names = get_unsafe_globals_in_checkpoint(path)
        with safe_globals([(STAND_INS.get(name, StandIn), name) for name in names]):
            value: object = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        return value
    except Exception:  # a damaged file may raise any exception; the other reader finds the precise message
        return None


def plain_tensor(tensor: Tensor) -> Tensor | None:
    """The tensor without added attributes; None if it is not a dense tensor of numbers in the file."""
    bare = torch.Tensor.detach(tensor)
    is_dense = type(bare) is Tensor and bare.layout is torch.strided and not bare.is_quantized
    if not is_dense or bare.device.type != "cpu":
        return None
    # with a stride of 0, one number can have any size
    return bare if bare.nbytes <= bare.untyped_storage().nbytes() else None


def _is_harmless(pickle: bytes) -> bool:
    """Whether a pickle contains only allowed names and cannot make torch.load crash or hang.

    Executes the instructions, with the depth of nested tuples instead of each value.
    """
    if len(pickle) > MAX_LOADED_BYTES:
        return False
    stack: list[int] = []
    marks: list[int] = []
    memo: dict[object, int] = {}
    for opcode, argument, _ in pickletools.genops(pickle):
        operands = list(opcode.stack_before)
        begin = len(stack)
        if pickletools.markobject in operands:
            begin = marks.pop()
            operands = operands[: operands.index(pickletools.markobject)]
        begin -= len(operands)
        if begin < 0:
            return False
        depth = max(stack[begin:], default=0) + opcode.name.startswith("TUPLE")
        del stack[begin:]
        if depth > MAX_TUPLE_DEPTH or (opcode.name == "PROTO" and argument != PROTOCOL):
            return False
        if opcode.name == "GLOBAL" and not PickleName(*str(argument).split(" ", 1)).is_known:
            return False
        if opcode.name == "MARK":
            marks.append(len(stack))
        elif opcode.name in PUTS:
            memo[argument] = stack[-1]
        else:
            stack += [memo[argument] if opcode.name in GETS else depth] * len(opcode.stack_after)
    return True
