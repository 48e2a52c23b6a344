"""Two processes that train together."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from trainer.starter.stages.joint_training import averaged, joined_processes, process_count, process_number

TWO = """
import json
import sys
from pathlib import Path
import torch
from torch import nn
from trainer.starter.stages.joint_training import (
    averaged, joined_processes, process_count, process_number, wait_for_all
)

with joined_processes():
    number = process_number()
    layer, unused = nn.Linear(3, 2), nn.Linear(1, 1)
    torch.autograd.backward(layer(torch.full((1, 3), 1.0 + 2 * number)).sum())
    sums = averaged([*layer.parameters(), *unused.parameters()], (number, 5))
    wait_for_all()
    seen = [process_count(), sums, layer.weight.grad.tolist(), unused.weight.grad.tolist()]
    Path(sys.argv[1], f"{number}.json").write_text(json.dumps(seen))
"""


def test_alone_gradients_and_counts_stay() -> None:
    layer = nn.Linear(3, 2)
    torch.autograd.backward(layer(torch.ones(1, 3)).sum())
    with joined_processes():
        assert (process_number(), process_count()) == (0, 1)
        assert averaged(list(layer.parameters()), (1.5, 4)) == [1.5, 4]
    assert layer.weight.grad is not None
    assert layer.weight.grad.eq(1).all()


@pytest.mark.slow
def test_two_processes_share_gradients_and_counts(tmp_path: Path) -> None:
    script = tmp_path / "two.py"
    script.write_text(TWO, encoding="utf-8")
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    subprocess.run(
        [*launcher, str(script), str(tmp_path)], check=True, cwd=Path(__file__).parents[3], timeout=300
    )
    for number in range(2):
        count, sums, gradient, unused = json.loads((tmp_path / f"{number}.json").read_text())
        assert (count, sums) == (2, [1, 10])
        assert gradient == [[2, 2, 2], [2, 2, 2]], "the mean of 1 and 3"
        assert unused == [[0]]
