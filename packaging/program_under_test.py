"""One packaged program on its way through the smoke test: where it is, for whom it runs, what it printed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bundle import BUILD, bare_environment, folder_of, running
from findings import CheckReport, check_lines, tail
from isolation import Isolation, give, isolated
from PIL import Image
from virtual_screen import CheckFailed

SCREENSHOTS = BUILD / "screenshots"


@dataclass(kw_only=True)
class ProgramUnderTest:
    """Starts the program in isolation."""

    program: Path
    resources: Path
    home: Path
    kept_apart: Isolation
    report: CheckReport
    _count: int = field(default=0)

    @property
    def data(self) -> Path:
        """Where the program keeps its files in this home on Linux."""
        return self.home / ".local" / "share" / "IP2P Desktop"

    @property
    def folder(self) -> Path:
        """The folder in which the program is installed."""
        return folder_of(self.program)

    def check(self, name: str, work: Callable[[], str]) -> bool:
        """Run a check and report it."""
        return self.report.check(name, work)

    def give(self, *places: Path) -> None:
        """Let files and folders belong to the user of the program."""
        give(self.kept_apart, *places)

    @contextmanager
    def started(
        self, *words: str | Path, display: str = "", output: Path, home: Path | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Runs the program; on exit it is ended with all its child processes."""
        place = home or self.home
        command = isolated(self.kept_apart, [self.program, *words])
        environment = bare_environment(place, display)
        with running(command, output=output, environment=environment, folder=place) as process:
            yield process

    def finish(
        self,
        *words: str | Path,
        limit: float,
        expected_messages: tuple[str, ...] | None = None,
        expected_code: int = 0,
    ) -> str:
        """The standard output of a command of the program, which must end with this code."""
        output, messages = self.output_file(), self.output_file()
        command = isolated(self.kept_apart, [self.program, *words])
        environment = bare_environment(self.home)
        with running(
            command, output=output, messages=messages, environment=environment, folder=self.home
        ) as process:
            try:
                code = process.wait(limit)
            except subprocess.TimeoutExpired:
                raise CheckFailed(f"not done after {limit:.0f} s. {tail(messages)}") from None
        if code != expected_code:
            raise CheckFailed(f"exit code {code}. {tail(output)} {tail(messages)} {self._end_of_log()}")
        if expected_messages is not None:
            check_lines(messages, expected_messages)
        return output.read_text(encoding="utf-8", errors="replace")

    def _end_of_log(self) -> str:
        logs = sorted(self.data.glob("logs/*.log"))
        return f"In its log: {tail(logs[0])}" if logs else "It wrote no log."

    def output_file(self) -> Path:
        """A new file for what the program prints, outside the home."""
        self._count += 1
        return self.home.parent / f"output-{self._count}.log"


def keep_screenshot(image: Image.Image, name: str) -> None:
    """Save a screenshot beside the build, to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    image.save(SCREENSHOTS / f"{name}.png")


def words_of(settings: dict[str, object]) -> Sequence[str]:
    """Settings as `key=value`."""
    return [f"{name}={value}" for name, value in settings.items()]
