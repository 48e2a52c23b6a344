"""Networks are filled tensor by tensor, and the disk hears of the next ones early."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.models import network_loading
from engine.models.network_loading import LoadingProgress, UnloadedNetwork, fill_network
from engine.progress import CancelToken, Progress
from engine.tensors.safetensors_files import SafetensorsFile
from engine.tensors.tensor_files import open_tensors


def test_the_next_tensors_are_asked_for_early_and_never_all_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wanted = {f"{number}.weight": torch.randn(10, 10) for number in range(6)}
    save_file(wanted, tmp_path / "model.safetensors")
    asked: list[str] = []
    heard: list[tuple[int, int]] = []
    read = SafetensorsFile.read

    def watched(source: SafetensorsFile, name: str) -> Tensor:
        asked.append(name)
        return read(source, name)

    def on_progress(progress: Progress) -> None:
        heard.append((progress.done, len(asked)))

    monkeypatch.setattr(SafetensorsFile, "read", watched)
    monkeypatch.setattr(network_loading, "READ_AHEAD_BYTES", 2 * wanted["0.weight"].nbytes)
    network = nn.Sequential(*(nn.Linear(10, 10, bias=False, device="meta") for _ in range(6)))
    unloaded = UnloadedNetwork("unet", network, open_tensors(tmp_path / "model.safetensors"))
    progress = LoadingProgress(on_progress, CancelToken())
    progress.expect(unloaded.size)
    fill_network(unloaded, torch.device("cpu"), torch.float32, progress, "model")
    assert heard == [(0, 0), (16, 3), (33, 4), (50, 5), (66, 6), (83, 6), (100, 6)]
    assert all(torch.equal(network.state_dict()[name], tensor) for name, tensor in wanted.items())
