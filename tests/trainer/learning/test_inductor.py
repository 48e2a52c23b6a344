"""Training with the code that TorchInductor generates, with a real compiler: every gradient is the UNet's own.

The C++ is compiled without optimisation and vectors, which takes a tenth of the time: what is tested is the
graph that Inductor makes, and the order in which it stores tensors.
"""

from __future__ import annotations
