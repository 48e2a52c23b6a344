"""Our self-attention for processors against torch's: `python tests/benchmarks/attention.py`.

On the shapes of Stable Diffusion 1.5's UNet at 512 x 512 with three branches, in bf16. Prints the best
time of each, taken in turn, and how far each is from the result in fp32.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)
sys.path.append(str(Path(__file__).parent))

import torch  # noqa: E402 (our packages are found through the path above)
from measuring import machine  # noqa: E402
from torch import Tensor  # noqa: E402
from torch.nn.functional import scaled_dot_product_attention  # noqa: E402

from engine.devices.attention import blocked_attention  # noqa: E402

SHAPES = ((3, 8, 4096, 40), (1, 8, 4096, 40), (3, 8, 1024, 80), (3, 8, 256, 160))
ROUNDS = 5

Attend = Callable[[Tensor, Tensor, Tensor], Tensor]


def seconds(attend: Attend, inputs: list[Tensor]) -> float:
    started = time.perf_counter()
    attend(*inputs)
    return time.perf_counter() - started


def error(attend: Attend, inputs: list[Tensor]) -> float:
    """Root mean square, as a share of the result's own."""
    exact = scaled_dot_product_attention(*(each.float() for each in inputs))
    return float((attend(*inputs).float() - exact).norm() / exact.norm())


@torch.inference_mode()
def main() -> None:
    print(machine())
    sides: dict[str, Attend] = {"torch": scaled_dot_product_attention, "ours": blocked_attention}
    for batch, heads, tokens, width in SHAPES:
        inputs = [torch.randn(batch, tokens, heads, width).bfloat16().transpose(1, 2) for _ in range(3)]
        rounds = [[seconds(attend, inputs) for attend in sides.values()] for _ in range(ROUNDS)]
        theirs, mine = (min(times) for times in zip(*rounds, strict=True))
        errors = [f"{name} {error(attend, inputs):.4f}" for name, attend in sides.items()]
        print(
            f"{batch} rows, {heads} heads, {tokens} tokens of {width}: torch {theirs * 1000:.1f} ms, "
            f"ours {mine * 1000:.1f} ms, {theirs / mine:.2f}×; error {', '.join(errors)}"
        )


if __name__ == "__main__":
    main()
