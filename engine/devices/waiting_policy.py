"""How long OpenMP's threads spin while they wait, where that has to be set before torch is loaded.

Intel's and LLVM's OpenMP, which torch brings to Windows and macOS, spin for 200 ms before they sleep.
libgomp, which it brings to Linux, can be influenced later as well: see `engine.devices.waiting`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping

POLICY_VARIABLES = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME", "KMP_LIBRARY")
"""Environment variables by which a user says how threads wait."""
BLOCK_TIME_VARIABLE, BLOCK_TIME_MS = "KMP_BLOCKTIME", "1"
"""Longer than the pauses between two operations of a network, shorter than a time slice."""


def set_waiting_policy(environment: MutableMapping[str, str] = os.environ) -> None:
    """Sets the variables for this process and those it starts, unless the user set one of them himself.

    Has no effect on a process that has loaded torch already.
    """
    if not any(name in environment for name in POLICY_VARIABLES):
        environment[BLOCK_TIME_VARIABLE] = BLOCK_TIME_MS


def is_libgomp_policy_set(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the user said how libgomp's threads wait."""
    return any(name in environment for name in POLICY_VARIABLES[:2])
