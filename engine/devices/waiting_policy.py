"""Sets how long OpenMP's threads spin while they wait, before torch is loaded.

Intel's and LLVM's OpenMP, which torch uses on Windows and macOS, spin for 200 ms before they sleep. libgomp,
which it uses on Linux, can also be influenced later: see `engine.devices.waiting`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping

POLICY_VARIABLES = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME", "KMP_LIBRARY")
"""Environment variables by which a user chooses how threads wait."""
BLOCK_TIME_VARIABLE, BLOCK_TIME_MS = "KMP_BLOCKTIME", "1"
"""Longer than the pauses between two operations of a network, shorter than a time slice."""


def set_waiting_policy(environment: MutableMapping[str, str] = os.environ) -> None:
    """Sets the variables for this process and its children, unless the user has set one of them.

    Has no effect on a process that has loaded torch already.
    """
    if not any(name in environment for name in POLICY_VARIABLES):
        environment[BLOCK_TIME_VARIABLE] = BLOCK_TIME_MS


def is_libgomp_policy_set(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the user chose how libgomp's threads wait."""
    return any(name in environment for name in POLICY_VARIABLES[:2])
