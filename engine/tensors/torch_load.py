"""Zip checkpoints through `torch.load(weights_only=True, mmap=True)`.

What programs of good faith leave beside the weights (`engine.tensors.pickle_names`) and `weights_only` does
not know is replaced by inert stand-ins: nothing that the file names is imported. Which files torch.load does
not get, and why, says `engine.tensors.torch_files`.
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
"""Of the pickle; Stable Diffusion with averaged weights has 274 kB of it. torch.load hashes whatever the file
makes a key: if keys were chosen to collide, the time grows with the square of their number and cannot be cut
short, to hours for what `MAX_PICKLE_BYTES` lets in."""
MAX_TUPLE_DEPTH = 500
"""A tuple as a key is hashed by recursion in C: one nested 300,000 deep, 300 kB of file, ends the process."""
PROTOCOL = 2
PUTS, GETS = frozenset({"BINPUT", "LONG_BINPUT"}), frozenset({"BINGET", "LONG_BINGET"})


class StandIn:
    """Takes the place of an object that no model needs: made of anything, holds and runs nothing."""

    __slots__ = ()

    def __new__(cls, *_: object) -> StandIn:
        return super().__new__(cls)

    def __init__(self, *_: object) -> None: ...

    def __setstate__(self, state: object) -> None: ...


def _empty_dictionary(*_: object) -> dict[object, object]:
    """For `collections.defaultdict`, whose entries follow its factory."""
    return {}


STAND_INS: dict[str, Callable[..., object]] = {
    "builtins.dict": dict,
    "collections.defaultdict": _empty_dictionary,
}


class LoadedTensors:
    """Tensors that torch.load has mapped, as a `TensorSource`."""

    def __init__(self, location: str, tensors: Mapping[str, Tensor], metadata: dict[str, str]) -> None:
        self.location = location
        self.metadata = metadata
        self._forms = {name: (tuple(tensor.shape), tensor.dtype) for name, tensor in tensors.items()}
        self._tensors: Mapping[str, Tensor] | None = tensors

    def names(self) -> Collection[str]:
        return self._forms.keys()

    def shape(self, name: str) -> tuple[int, ...]:
        return self._form(name)[0]

    def dtype(self, name: str) -> torch.dtype:
        return self._form(name)[1]

    def read(self, name: str) -> Tensor:
        """Shares the mapped memory, unless the file keeps the tensor where its dtype must not begin."""
        self._form(name)
        if self._tensors is None:
            raise ValueError(f"{self.location} is closed")
        return aligned(self._tensors[name])

    def close(self) -> None:
        """The map itself goes with the last tensor that was read from it."""
        self._tensors = None

    def _form(self, name: str) -> tuple[tuple[int, ...], torch.dtype]:
        try:
            return self._forms[name]
        except KeyError as error:
            raise lacks(self.location, name) from error


def load_mapped(path: Path) -> object | None:
    """What a zip checkpoint holds, its tensors mapped from the file; None if torch.load is not to read it."""
    if path.suffix == ".safetensors":
        return None
    try:
        if not _is_harmless(torch._C.PyTorchFileReader(str(path)).get_record("data.pkl")):
            return None
        names = get_unsafe_globals_in_checkpoint(path)
        with safe_globals([(STAND_INS.get(name, StandIn), name) for name in names]):
            value: object = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        return value
    except Exception:  # a damaged file raises almost anything; its sentence is found by the other reader
        return None


def plain_tensor(tensor: Tensor) -> Tensor | None:
    """The tensor without what a checkpoint may have hung on it; None if it is not numbers of the file."""
    bare = torch.Tensor.detach(tensor)
    is_dense = type(bare) is Tensor and bare.layout is torch.strided and not bare.is_quantized
    if not is_dense or bare.device.type != "cpu":
        return None
    # a stride of 0 makes any size of one number
    return bare if bare.nbytes <= bare.untyped_storage().nbytes() else None


def _is_harmless(pickle: bytes) -> bool:
    """Whether a pickle names nothing unknown and cannot make torch.load crash or hang.

    Follows the instructions with the depth of each value's tuples in the place of the value.
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
