"""`python -m trainer.starter.teachers.style_weights --network FILE.onnx --target FILE.safetensors`.

Stores the weights of the teacher of painted styles (`trainer.starter.data.style_teacher`) as safetensors.
It needs the package onnx, in an environment of its own.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from safetensors.numpy import save_file


def main() -> int:
    """Writes the file; returns 0."""
    import onnx  # type: ignore[import-not-found]  # not among the packages of the program
    from onnx import numpy_helper

    parser = argparse.ArgumentParser(
        prog="python -m trainer.starter.teachers.style_weights", description=__doc__
    )
    parser.add_argument("--network", type=Path, required=True, help="multistyle26.onnx")
    parser.add_argument("--target", type=Path, required=True, help="file to write")
    arguments = parser.parse_args()
    stored = onnx.load(arguments.network).graph.initializer
    weights = {each.name: numpy_helper.to_array(each) for each in stored}
    layers = ("contract.", "res.", "expand.")
    save_file({name: value for name, value in weights.items() if name.startswith(layers)}, arguments.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
