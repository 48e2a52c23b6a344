"""The names allowed in a checkpoint's pickle: for tensors, and for objects that training programs add.

These names are only compared, never imported or called. Any other name makes a checkpoint unsafe.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import torch

DTYPES: dict[str, torch.dtype] = {
    name: value for name, value in vars(torch).items() if isinstance(value, torch.dtype)
}
STORAGES: dict[str, torch.dtype] = {
    "DoubleStorage": torch.float64,
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
    "ComplexFloatStorage": torch.complex64,
    "ComplexDoubleStorage": torch.complex128,
    "UntypedStorage": torch.uint8,
}
STORAGE_MODULES = frozenset({"torch", "torch.cuda", "torch.storage"})
DICTIONARIES = re.compile(r"(builtins|__builtin__)\.dict|collections\.(OrderedDict|defaultdict)")
TENSOR_REBUILDERS = re.compile(r"torch\._utils\._rebuild_tensor(_v2|_v3)?")
PARAMETER_REBUILDERS = re.compile(r"torch\._utils\._rebuild_parameter(_with_state)?")
TYPE_REBUILDER = re.compile(r"torch\._tensor\._rebuild_from_type_v2")
SIZE = re.compile(r"torch\.Size")
PLACEHOLDERS = (
    r"argparse\.Namespace|types\.SimpleNamespace|typing\.Any|collections\.(Counter|deque)",
    r"(builtins|__builtin__)\.(bool|bytearray|bytes|complex|float|frozenset|int|list|object|range)",
    r"(builtins|__builtin__)\.(long|set|slice|str|tuple|unicode)",
    r"datetime\.(date|datetime|timedelta|timezone)",
    r"_codecs\.encode|_?io\.BytesIO|copy_?reg\._reconstructor",
    r"torch\.(Tensor|device|_C\.Generator)",
    r"torch\._utils\._rebuild_(sparse_tensor|qtensor|nested_tensor|meta_tensor_no_storage)",
    r"numpy\.(bool_?|dtype|ndarray|float(16|32|64)|u?int(8|16|32|64))",
    r"numpy\._?core\.multiarray\.(scalar|_reconstruct)|numpy\._core\.numeric\._frombuffer",
    r"numpy\.random\._pickle\.__(randomstate|generator|bit_generator)_ctor",
)
CLASSES = (
    r"(pathlib|torch\.nn|torch\.optim|numpy\.dtypes)",
    r"(accelerate|apex|deepspeed|diffusers|hydra|ldm|lightning|lightning_fabric|lightning_utilities)",
    r"(megatron|nemo|omegaconf|peft|pytorch_lightning|sgm|torchmetrics|transformer_engine|transformers)",
)
"""Packages whose classes, but not functions, occur in legitimate checkpoints."""
UNDERSTOOD = (DICTIONARIES, TENSOR_REBUILDERS, PARAMETER_REBUILDERS, TYPE_REBUILDER, SIZE)
KNOWN = re.compile(
    "|".join(
        (
            *(pattern.pattern for pattern in UNDERSTOOD),
            *PLACEHOLDERS,
            *(rf"{package}(\.\w+)*\._*[A-Z]\w*" for package in CLASSES),
        )
    )
)


@dataclass(frozen=True, slots=True)
class PickleName:
    """A name in a pickle."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"

    @property
    def dtype(self) -> torch.dtype | None:
        """The dtype of this name, if it is one of torch's."""
        return DTYPES.get(self.name) if self.module == "torch" else None

    @property
    def storage_dtype(self) -> torch.dtype | None:
        """The dtype of the storage class of this name, if it is one."""
        return STORAGES.get(self.name) if self.module in STORAGE_MODULES else None

    def fits(self, pattern: re.Pattern[str]) -> bool:
        """Whether the full name matches `pattern`."""
        return pattern.fullmatch(str(self)) is not None

    @property
    def is_known(self) -> bool:
        """Whether the name is allowed; a dotted name is not, because it reaches into other modules."""
        return bool(self.dtype or self.storage_dtype or ("." not in self.name and self.fits(KNOWN)))
