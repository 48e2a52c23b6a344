"""The checks of a packaged program."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bundle import BUILD, bare_environment, folder_of, running, size_in_mib
from findings import (
    CheckReport,
    check_events,
    check_grey,
    check_instruction,
    check_lines,
    check_log,
    check_maps,
    open_image,
    read_events,
    tail,
)
from PIL import Image, ImageOps
from virtual_screen import CheckFailed, VirtualScreen, is_supported
from window_user import EDIT_LIMIT, QUIT_LIMIT, WindowUser

INSTRUCTION = "make it black and white"
SAMPLE = "city-skyline.jpg"
"""The first in the menu of sample photos."""
TRAINING_LIMIT = 600.0
ALIVE_SECONDS = 15.0
"""Seconds that the program must run where its window cannot be tested."""

PAIRS = ("dog", "old-truck", "onion-and-spices", "otter")
PAIR_SIDE = 128
STEPS = 2

EXPECTED_WINDOW_LINES: tuple[str, ...] = ()
"""Prefixes of lines that the window may print: none."""
EXPECTED_TRAINER_LINES = ("INFO ", "WARNING trainer")


class SmokeTest:
    """Tests one program in an empty home folder; `run` fills the report."""

    def __init__(self, program: Path, resources: Path, home: Path, report: CheckReport) -> None:
        self.program, self.resources, self.home, self.report = program, resources, home, report
        self.sample = resources / "samples" / SAMPLE
        self.result = home / "result.png"

    def run(self) -> None:
        check = self.report.check
        check("size", lambda: f"{size_in_mib(folder_of(self.program)):.0f} MiB")
        if is_supported():
            self._use_window()
        else:
            print("This system has no Xvfb: edits go through the command line, the window is only started.")
            check("window starts", self._start_unseen)
            check("edit from the command line", lambda: self._edit_by_command(None, self.result))
        check("result contains its instruction", lambda: check_instruction(self.result, INSTRUCTION))
        check("result is the photo in grey", lambda: check_grey(self.sample, self.result))
        if check("training", self._train):
            trained = self.home / "run-of-two" / "model"
            check("trained model edits", lambda: self._edit_by_command(trained, self.home / "trained.png"))

    def _use_window(self) -> None:
        output = self.home / "window.log"
        with VirtualScreen() as screen:
            environment = bare_environment(self.home, screen.display)
            with running([self.program], output=output, environment=environment, folder=self.home) as process:
                self._edit_in_window(WindowUser(screen, process))
        self.report.check("window prints nothing", lambda: check_lines(output, EXPECTED_WINDOW_LINES))
        self.report.check("log holds no error", lambda: check_log(self.home / "data" / "logs"))

    def _edit_in_window(self, window: WindowUser) -> None:
        check = self.report.check
        passed = (
            check("window opens", window.wait_until_open)
            and check("sample photo opens", window.open_sample)
            and check("edit in the window", lambda: window.edit(INSTRUCTION))
            and check("result is saved", lambda: window.save(self.result))
        )
        if not passed:
            keep_screenshot(window.screen.screenshot())
        if window.is_open:
            check("no library of .venv in use", lambda: check_maps(window.process.pid))
            check("window closes", window.close)

    def _start_unseen(self) -> str:
        output = self.home / "window.log"
        environment = bare_environment(self.home)
        with running([self.program], output=output, environment=environment, folder=self.home) as process:
            try:
                code = process.wait(ALIVE_SECONDS)
            except subprocess.TimeoutExpired:
                return f"still running after {ALIVE_SECONDS:.0f} s, {close_invisible(process)}"
        raise CheckFailed(f"the program ended with exit code {code}. {tail(output)}")

    def _edit_by_command(self, model: Path | None, target: Path) -> str:
        command: list[str | Path] = [self.program, "edit", "--edit", INSTRUCTION, "--seed", "1", "--json"]
        command += ["--input", self.sample, "--output", target]
        command += ["--model", model, "--steps", "2"] if model else []
        started = time.monotonic()
        printed = self._finish(command, EDIT_LIMIT)
        try:
            description: dict[str, Any] = json.loads(printed)
        except ValueError:
            raise CheckFailed(f"instead of JSON the program printed: {printed[-300:]}") from None
        with open_image(target) as image:
            if list(image.size) != description["size"]:
                raise CheckFailed(f"the result is {image.size}, the program reports {description['size']}.")
        seconds = description["seconds"]["edit"]
        return f"{time.monotonic() - started:.1f} s, of which the edit took {seconds:.1f} s"

    def _train(self) -> str:
        pairs = make_pairs(self.resources / "samples", self.home / "pairs")
        settings = {
            "data.data_path": pairs,
            "data.resolution": PAIR_SIDE // 2,
            "data.num_workers": 1,
            "model.unet_config.from_pretrained": self.resources / "starter",
            "trainer.max_steps": STEPS,
            "exp_manager.exp_dir": self.home / "run-of-two",
        }
        command: list[str | Path] = [self.program, "--trainer"]
        command += [f"{name}={value}" for name, value in settings.items()]
        started = time.monotonic()
        events = read_events(self._finish(command, TRAINING_LIMIT, EXPECTED_TRAINER_LINES))
        check_events(events, STEPS)
        return f"{time.monotonic() - started:.1f} s for {STEPS} steps, loading and export included"

    def _finish(
        self, command: Sequence[str | Path], limit: float, expected: tuple[str, ...] | None = None
    ) -> str:
        """The standard output of a command of the program, which must succeed."""
        output, messages = self.home / "output.log", self.home / "messages.log"
        environment = bare_environment(self.home)
        with running(
            command, output=output, messages=messages, environment=environment, folder=self.home
        ) as process:
            try:
                code = process.wait(limit)
            except subprocess.TimeoutExpired:
                raise CheckFailed(f"not done after {limit:.0f} s. {tail(messages)}") from None
        if code:
            raise CheckFailed(f"exit code {code}. {tail(output)} {tail(messages)}")
        if expected is not None:
            check_lines(messages, expected)
        return output.read_text(encoding="utf-8", errors="replace")


def close_invisible(process: subprocess.Popen[bytes]) -> str:
    """Close a window that is not on a screen, where the system supports it."""
    if os.name != "nt":
        return "then ended by force (closing a window needs a person here)"
    subprocess.run(["taskkill", "/PID", str(process.pid)], capture_output=True)
    try:
        code = process.wait(QUIT_LIMIT)
    except subprocess.TimeoutExpired:
        raise CheckFailed(f"the window did not close within {QUIT_LIMIT:.0f} s.") from None
    if code:
        raise CheckFailed(f"closing the window gave exit code {code}.")
    return "closed with exit code 0"


def make_pairs(samples: Path, folder: Path) -> Path:
    """A folder of training pairs whose edit is greyscale."""
    folder.mkdir()
    lines = []
    for name in PAIRS:
        with Image.open(samples / f"{name}.jpg") as photo:
            square = ImageOps.fit(photo.convert("RGB"), (PAIR_SIDE, PAIR_SIDE))
        square.save(folder / f"{name}.png")
        square.convert("L").convert("RGB").save(folder / f"{name}-grey.png")
        pair = {"original_image": f"{name}.png", "edited_image": f"{name}-grey.png"}
        lines.append(json.dumps({**pair, "edit_instruction": INSTRUCTION}))
    (folder / "metadata.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def keep_screenshot(image: Image.Image) -> None:
    """Save a screenshot beside the build, for the analysis of a failure."""
    BUILD.mkdir(exist_ok=True)
    image.save(BUILD / "smoke_test.png")
    print(f"        What the screen showed: {BUILD / 'smoke_test.png'}")
