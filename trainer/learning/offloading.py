"""Offloads networks that training does not currently use."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import torch
from torch import nn

from engine.devices.memory import release_memory
from engine.files.atomic import atomic_write

log = logging.getLogger(__name__)

FILE = "encoders.pt"


class NetworkOffload:
    """Networks that are not trained. Those on a GPU are offloaded to CPU memory, others to a mapped file.

    Mapped weights take memory only while they are used, and none again once they are mapped again. If the
    file cannot be written, the networks stay in memory.
    """

    def __init__(self, networks: Sequence[nn.Module], folder: Path) -> None:
        """All networks must be on one device. Nothing is moved yet; the file will be in `folder`."""
        self.networks = tuple(networks)
        self._file = folder / FILE
        self._device = next((weight.device for each in networks for weight in each.parameters()), None)
        self._can_offload = False

    def offload(self) -> None:
        """Offloads the networks; from now on they may be used in the context of `loaded` only."""
        if self._device is not None:
            self._can_offload = self._device.type != "cpu" or self._is_written()
        self._unload()

    @contextmanager
    def loaded(self) -> Iterator[None]:
        """Loads the networks for use during the context."""
        self._move(self._device)
        try:
            yield
        finally:
            self._unload()

    def remove_file(self) -> None:
        """Removes the file where the system can remove a mapped file; it stays readable for its mappings."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)

    def _unload(self) -> None:
        if not self._can_offload:
            return
        if self._device == torch.device("cpu"):
            self._map()
        self._move(torch.device("cpu"))
        release_memory()

    def _move(self, device: torch.device | None) -> None:
        for network in self.networks:
            network.to(device)

    def _is_written(self) -> bool:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            # another process may have mapped the file that is replaced
            with atomic_write(self._file, durable=False) as temporary:
                torch.save([network.state_dict() for network in self.networks], temporary)
        except (OSError, RuntimeError) as error:  # torch raises the latter for a full disk
            log.warning("The encoders stay in memory: %s", error)
            return False
        return True

    def _map(self) -> None:
        try:
            states = torch.load(self._file, weights_only=True, mmap=True)
        except (OSError, RuntimeError) as error:
            log.warning("The encoders stay in memory: %s", error)
            return
        for network, state in zip(self.networks, states, strict=True):
            network.load_state_dict(state, assign=True)
