"""Networks that nothing is asked of for a while are kept where they are in nobody's way."""

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
    """Networks that do not learn. Those on a GPU wait in the computer's memory, others in a mapped file.

    What is mapped takes memory only once it is used, and none again when it is mapped anew. Where the
    file cannot be written, they stay in memory.
    """

    def __init__(self, networks: Sequence[nn.Module], folder: Path) -> None:
        """All on one device. Nothing happens yet; the file will be in `folder`."""
        self.networks = tuple(networks)
        self._file = folder / FILE
        self._home = next((weight.device for each in networks for weight in each.parameters()), None)
        self._rests = False

    def rest(self) -> None:
        """From now on they are used only while `awake`."""
        if self._home is not None:
            self._rests = self._home.type != "cpu" or self._is_written()
        self._leave()

    @contextmanager
    def awake(self) -> Iterator[None]:
        """They can be used while this lasts."""
        self._move(self._home)
        try:
            yield
        finally:
            self._leave()

    def end(self) -> None:
        """Remove the file, which stays readable for whoever has mapped it, where the system can do that."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)

    def _leave(self) -> None:
        if not self._rests:
            return
        if self._home == torch.device("cpu"):
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
        except (OSError, RuntimeError) as error:  # torch words a full disk as the latter
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
