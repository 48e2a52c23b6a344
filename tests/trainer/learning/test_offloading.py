"""Offloaded encoders take no memory, give the same outputs when loaded, and leave no file behind."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from trainer.learning.offloading import FILE, NetworkOffload


@pytest.fixture
def networks() -> list[nn.Module]:
    torch.manual_seed(0)
    return [nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last), nn.Linear(4, 4)]


def places(networks: list[nn.Module]) -> list[int]:
    """Addresses of the weights in memory."""
    return [weight.untyped_storage().data_ptr() for each in networks for weight in each.parameters()]


def spoken(networks: list[nn.Module]) -> Tensor:
    convolution, linear = networks
    with torch.no_grad():
        return linear(convolution(torch.ones(1, 3, 8, 8)).mean(dim=(2, 3)))


def test_weights_leave_memory_and_say_the_same(networks: list[nn.Module], tmp_path: Path) -> None:
    for network in networks:
        network.requires_grad_(False)
    before, said = places(networks), spoken(networks)
    encoders = NetworkOffload(networks, tmp_path / "run")
    encoders.offload()
    assert [path.name for path in (tmp_path / "run").iterdir()] == [FILE]
    mapped = places(networks)
    assert not set(mapped) & set(before)
    with encoders.loaded():
        assert torch.equal(spoken(networks), said)
    assert not any(weight.requires_grad for each in networks for weight in each.parameters())
    assert networks[0].weight.is_contiguous(memory_format=torch.channels_last)
    encoders.remove_file()
    assert not (tmp_path / "run" / FILE).exists()


def test_without_room_for_the_file_they_stay(
    networks: list[nn.Module], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "run").write_text("a file where the folder should be")
    before, said = places(networks), spoken(networks)
    encoders = NetworkOffload(networks, tmp_path / "run")
    encoders.offload()
    with encoders.loaded():
        assert torch.equal(spoken(networks), said)
    assert places(networks) == before
    assert "stay in memory" in caplog.text


def test_a_file_that_is_gone_meanwhile_is_not_needed(networks: list[nn.Module], tmp_path: Path) -> None:
    said = spoken(networks)
    encoders = NetworkOffload(networks, tmp_path)
    encoders.offload()
    encoders.remove_file()
    for _ in range(2):
        with encoders.loaded():
            assert torch.equal(spoken(networks), said)
