"""A photo with an instruction and a fixed seed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ip2p_desktop.app import Program


@pytest.fixture
def ready(program: Program, open_photo: Callable[[], None]) -> Program:
    open_photo()
    program.document.change(instruction="make it snowy", seed=7, randomises_seed=False)
    return program
