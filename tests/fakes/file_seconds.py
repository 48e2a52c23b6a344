"""Orders and marks tests by the seconds that their files took: a plugin of pytest.

`tests/seconds.json` holds them, as `pytest --measure` writes them; run it on an idle machine. The files that
take longest come first, so that worker processes end together. A file of `SLOW` seconds or more is marked
`slow`, and so left out by `packaging/dev.py test --quick`. A file that was never measured is quick.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

SLOW = 4.0
LISTED = 0.5
"""Seconds from which a file is listed."""
TESTS = Path(__file__).resolve().parents[1]
LIST = TESTS / "seconds.json"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--measure", action="store_true", help=f"write what each file takes to {LIST.name}")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: in a file that takes long, see tests/fakes/file_seconds.py")
    is_worker = hasattr(config, "workerinput")  # it reports to the process that started it
    if config.getoption("measure") and not is_worker:
        config.pluginmanager.register(_Stopwatch())


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    seconds = read_seconds()
    for item in items:
        if seconds.get(item.path.name, 0.0) >= SLOW:
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: -seconds.get(item.path.name, 0.0))


def read_seconds() -> dict[str, float]:
    """Seconds by file name."""
    return dict(json.loads(LIST.read_text(encoding="utf-8")))


class _Stopwatch:
    """Adds up what the tests of each file take, wherever they run, and rewrites the list at the end."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[Path(report.location[0]).name] += report.duration

    def pytest_sessionfinish(self) -> None:
        names = {path.name for path in TESTS.rglob("test_*.py")}
        taken = {name: round(value, 1) for name, value in (read_seconds() | self._seconds).items()}
        kept = {name: taken[name] for name in sorted(taken) if name in names and taken[name] >= LISTED}
        LIST.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
