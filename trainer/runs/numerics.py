"""The numeric settings of a run: chosen when it begins, stored, and restored when it resumes.

Sums of floats depend on their order, which depends on the number of threads, the kernels and the hardware. If
a run resumes with all of them unchanged, it ends with the same weights, bit for bit.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import torch

from engine.devices.device import cpu_has_amx, cpu_has_bf16, dtype_name
from engine.files.atomic import atomic_write
from engine.files.bounded_reading import JSON_LIMIT, read_bounded
from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from trainer.batches.shards import ONE_SHARD, ShardCounts
from trainer.config import TrainingConfig
from trainer.learning.checkpoint import CheckpointNotUsable, Checkpoints, load_state
from trainer.learning.precision import choose_precision
from trainer.protocol.events import WarningRaised, make_warning

FILE = "numerics.json"
VERSION = 1
NEWER_RECORD = make_warning(
    "numerics.newer-version",
    "The numerics of this run were recorded by a newer version of this program and are chosen again; its "
    "weights may differ in the last digits from those of an uninterrupted run.",
)
CPU_MODELS = Path("/proc/cpuinfo")
FLASH, TORCH_ATTENTION = "flash attention", "torch's attention"
LAST, FIRST = "channels last", "channels first"
COMPILED, EAGER = "a compiled UNet", "a UNet that is not compiled"
PRECISION_NAMES = {"fp32": "32", "bf16": "bf16", "fp16": "16"}
"""The name of each dtype in the settings."""
EIGHT_BIT, FUSED_ADAMW = "adamw_8bit", "AdamW"


@dataclass(frozen=True, kw_only=True, slots=True)
class NumericSettings:
    """What the last digits of the weights depend on, as text for messages. Unknown values are empty."""

    device: str = ""
    """The kind of device: "cpu", "cuda" or "mps"."""
    hardware: str = ""
    torch: str = ""
    """Version of torch."""
    dtype: str = ""
    """Type of the numbers in the forward pass: "fp32", "bf16" or "fp16"."""
    threads: tuple[int, ...] = ()
    """Number of threads of each process of the run, by rank."""
    attention: str = ""
    layout: str = ""
    compiler: str = ""
    optimizer: str = ""
    """Class of the optimiser."""
    shards: tuple[int, ...] = ()
    """`ShardCounts` of pairs in tables, on which their order depends; empty for a run of an older version."""
    unknown: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Fields of other versions of the program, which are written back."""

    @staticmethod
    def of(values: object) -> NumericSettings:
        """Returns the settings in a stored dictionary, read leniently; empty ones for a newer layout."""
        record = JsonRecord(values if isinstance(values, dict) else {})
        if record.version > VERSION:
            return NumericSettings()
        given: dict[str, Any] = {name: record.get(name, "") for name in _TEXTS}
        given |= {name: _counts(record.get(name, [])) for name in _COUNTS}
        return NumericSettings(unknown=record.unknown(), **given)

    def to_dict(self) -> dict[str, Any]:
        """Returns the settings as values that JSON and checkpoints can hold."""
        values = {name: value for name, value in asdict(self).items() if name != "unknown"}
        values |= {name: list(getattr(self, name)) for name in _COUNTS}
        return with_unknown({VERSION_NAME: VERSION, **values}, self.unknown)


_COUNTS = ("threads", "shards")
_TEXTS = tuple(each.name for each in fields(NumericSettings) if each.name not in (*_COUNTS, "unknown"))


def _counts(values: list[object]) -> tuple[int, ...]:
    return tuple(count for count in values if isinstance(count, int) and count > 0)


def numerics_of_state(state: Mapping[str, Any]) -> NumericSettings:
    """Returns the settings in a checkpoint's state; older checkpoints hold the number of threads only."""
    if "numerics" in state:
        return NumericSettings.of(state["numerics"])
    processes = max(1, len(state.get("random", ())))
    return NumericSettings.of({"threads": [state.get("threads", 0)] * processes})


def _is_newer(values: object) -> bool:
    return isinstance(values, dict) and JsonRecord(values).version > VERSION


def read_numerics(run: Path) -> tuple[NumericSettings, WarningRaised | None]:
    """Returns the settings in a run's folder, empty without any, and a warning if they cannot be used."""
    try:
        values = json.loads(read_bounded(run / FILE, JSON_LIMIT))
    except (OSError, ValueError, RecursionError):
        return NumericSettings(), None
    return NumericSettings.of(values), NEWER_RECORD if _is_newer(values) else None


def write_numerics(run: Path, settings: NumericSettings) -> None:
    """Writes the settings into a run's folder, unless a newer version has written its own there.

    Raises `CheckpointNotUsable`.
    """
    kept, newer = read_numerics(run)
    if newer or kept == settings:
        return
    try:
        run.mkdir(parents=True, exist_ok=True)
        with atomic_write(run / FILE) as temporary:
            temporary.write_text(json.dumps(settings.to_dict(), indent=2), encoding="utf-8")
    except OSError as error:
        raise CheckpointNotUsable(
            "checkpoint.record-not-written",
            "The record of the run's numerics could not be written to {folder}.",
            "Free some disk space, or choose another folder.",
            folder=run,
        ) from error


def kept_numerics(config: TrainingConfig) -> tuple[NumericSettings, list[WarningRaised]]:
    """Returns the settings that the run, or the run whose checkpoint it resumes, began with; and warnings.

    Raises `CheckpointNotUsable`.
    """
    checkpoints = Checkpoints(config.run_folder, keep=-1)
    state = checkpoints.load_newest(mapped=True)
    if state is not None:
        newer = [NEWER_RECORD] if _is_newer(state.get("numerics")) else []
        return numerics_of_state(state), [*checkpoints.warnings, *newer]
    kept, warning = read_numerics(config.run_folder)
    elsewhere = config.resumed_checkpoint
    if elsewhere is not None and kept == NumericSettings():
        kept = numerics_of_state(load_state(elsewhere, mapped=True))
    return kept, [*checkpoints.warnings, *([warning] if warning else [])]


def thread_count(config: TrainingConfig, kept: NumericSettings, rank: int) -> int:
    """Returns the configured number of threads of a process, or else the stored one, or else 0."""
    if config.trainer.threads > 0:
        return config.trainer.threads
    return kept.threads[rank] if rank < len(kept.threads) else 0


def shard_counts(config: TrainingConfig, kept: NumericSettings, processes: int) -> ShardCounts:
    """Returns the shards that the run began with, or those of a run that begins with so many processes."""
    if len(kept.shards) == len(ONE_SHARD):
        return ShardCounts(*kept.shards)
    if kept.threads:  # it began before there were shards
        return ONE_SHARD
    return ShardCounts(processes, max(1, config.data.num_workers))


def with_numerics(config: TrainingConfig, kept: NumericSettings, device: torch.device) -> TrainingConfig:
    """Returns the configuration with its open choices filled from the stored settings, or by the device."""
    trainer, model = config.trainer, config.model
    if trainer.precision == "auto":
        is_same = kept.hardware == hardware_of(device)
        # other hardware may only emulate bf16, which takes twelve times as long
        taken = kept.dtype if is_same or kept.dtype == "fp32" else ""
        dtype = taken or dtype_name(choose_precision("auto", device)[0])
        trainer = replace(trainer, precision=PRECISION_NAMES.get(dtype, "auto"))
    if model.channels_last is None and kept.layout and kept.device == device.type:
        model = replace(model, channels_last=kept.layout == LAST)
    if kept.compiler == EAGER:
        model = replace(model, inductor=False)
    if kept.attention == TORCH_ATTENTION:
        model = replace(model, unet_config=replace(model.unet_config, use_flash_attention=False))
    if kept.optimizer == FUSED_ADAMW and model.optim.name == EIGHT_BIT:
        model = replace(model, optim=replace(model.optim, name="adamw"))
    return replace(config, trainer=trainer, model=model)


def hardware_of(device: torch.device) -> str:
    """Returns the hardware, as far as the choice of kernels depends on it."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    if device.type != "cpu":
        return f"{device.type} on {platform.machine()}"
    kernels = [torch.backends.cpu.get_cpu_capability()]
    kernels += [name for name, is_there in (("BF16", cpu_has_bf16()), ("AMX", cpu_has_amx())) if is_there]
    return f"{_cpu_model()} ({' '.join(kernels)})"


def _cpu_model() -> str:
    try:
        lines = CPU_MODELS.read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()


def numerics_at_start(
    device: torch.device, config: TrainingConfig, threads: tuple[int, ...]
) -> NumericSettings:
    """Returns the settings that are known before the model is loaded."""
    return NumericSettings(
        device=device.type,
        hardware=hardware_of(device),
        torch=str(torch.__version__),  # of a class of its own that a checkpoint must not hold
        dtype=dtype_name(choose_precision(config.trainer.precision, device)[0]),
        threads=threads,
    )


def difference(kept: NumericSettings, now: NumericSettings) -> WarningRaised | None:
    """Returns a warning if a run resumes with other settings than it began with."""
    parts = [f"{after} instead of {before}" for before, after in _differences(kept, now)]
    if not parts:
        return None
    return make_warning(
        "numerics.changed",
        "The run continues with {changes}: its weights may differ in the last digits from those of an "
        "uninterrupted run.",
        changes=", ".join(parts),
    )


def _differences(kept: NumericSettings, now: NumericSettings) -> Iterator[tuple[str, str]]:
    for name in _TEXTS:
        before, after = getattr(kept, name), getattr(now, name)
        if before and after and before != after:
            label = "torch " if name == "torch" else ""
            yield f"{label}{before}", f"{label}{after}"
    if kept.threads and len(kept.threads) != len(now.threads):
        yield _counted(len(kept.threads), "process"), _counted(len(now.threads), "process")
    elif kept.threads and kept.threads != now.threads and now.device == "cpu":
        yield _threads(kept.threads), _threads(now.threads)


def _threads(counts: tuple[int, ...]) -> str:
    words = " + ".join(map(str, counts))
    return f"{words} thread{'' if counts == (1,) else 's'}"


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 'es'}"
