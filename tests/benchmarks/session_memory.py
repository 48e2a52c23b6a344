"""Peak memory of the window's process over many edits of large photos, and whether every result is kept.

    python tests/benchmarks/session_memory.py [--edits 60] [--starter 60] [--megapixels 20] [--large 100]

Opens three photos of so many megapixels in a real window, edits them in turn, then opens and edits a large
one. The last `--starter` of all edits are made by the starter model, those before them by a stand-in that
inverts the photo. Then another process opens the session again, shows every result and compares it, pixel
by pixel, with what the editor made. Prints the peak of resident memory of both processes; the bar is 3 GiB.
Exits with 1 above it, or if a result is not as it was.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from event_loop import wait_for
from measuring import machine
from PIL import Image, ImageOps
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from engine.files.disk_space import size_text
from engine.library import read_model_card
from engine.progress import CancelToken, ProgressCallback
from engine.request import EditRequest, EditResult
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.editing.edit_worker import EditorProtocol, PreviewCallback, make_editor
from ip2p_desktop.editing.editor_options import EditorOptions
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.session.store.session_folder import disk_usage

PHOTOS = 3
SHAPE = 3 / 2
BAR = 3 * 2**30
BAND = 256
LARGE_EDITS = 2
MADE = "made.json"


class StandInFirst:
    """Inverts photos for the first edits; all others go to the real editor. Notes the pixels of results."""

    def __init__(self, stand_ins: int) -> None:
        self.left = stand_ins
        self.checksums: list[int] = []
        self._real: EditorProtocol | None = None

    def make(self, options: EditorOptions, cancel: CancelToken) -> StandInFirst:
        self._real = self._real or make_editor(options, cancel)
        return self

    def unload(self) -> None:
        assert self._real is not None
        self._real.unload()

    def edit(
        self,
        request: EditRequest,
        *,
        on_progress: ProgressCallback,
        on_preview: PreviewCallback | None,
        cancel: CancelToken,
    ) -> EditResult:
        assert self._real is not None
        if self.left > 0:
            self.left -= 1
            made = (ImageOps.invert(request.source_image),)
            result = _result(made, request)
        else:
            result = self._real.edit(request, on_progress=on_progress, on_preview=on_preview, cancel=cancel)
        self.checksums += [checksum(image) for image in result.edited_images]
        return result


def _result(made: tuple[Image.Image, ...], request: EditRequest) -> EditResult:
    return EditResult(
        edited_images=made, request=request, device="cpu", dtype="fp32", load_seconds=0.0, edit_seconds=0.0
    )


def checksum(image: Image.Image) -> int:
    """Of all pixels, in bands, as a copy of a large image would count as memory of the window."""
    value = 0
    for top in range(0, image.height, BAND):
        band = image.crop((0, top, image.width, min(top + BAND, image.height)))
        value = zlib.crc32(band.tobytes(), value)
    return value


def write_photo(file: Path, sample: Path, megapixels: float) -> None:
    height = round((megapixels * 1e6 / SHAPE) ** 0.5)
    with Image.open(sample) as image:
        image.convert("RGB").resize((round(height * SHAPE), height)).save(file, quality=92)


def peak() -> int:
    """The largest resident memory of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def run_until(condition: Callable[[], bool]) -> None:
    """Run the event loop until something is so."""
    loop, check = QEventLoop(), QTimer(interval=20)
    check.timeout.connect(lambda: loop.quit() if condition() else None)
    check.start()
    if not condition():
        loop.exec()


def start(application: QApplication, editor: StandInFirst) -> Program:
    program = build_program(application, Preferences(paths.preferences_file()), editor.make)
    program.window.show()
    run_until(lambda: program.installed.is_known and program.sessions.is_restored)
    return program


def edit(program: Program, photo: Path, edits: int) -> None:
    program.files.open_file(photo)
    wait_for(program.document.source_changed)
    for number in range(edits):
        program.document.change(instruction="make it black and white" if number % 2 else "make it sepia")
        program.edits.start()
        wait_for(program.edits.finished)


def work(options: argparse.Namespace, folder: Path) -> bool:
    """Open and edit photos, and note in a file what the editor made."""
    samples = paths.sample_photos()
    photos = [folder / f"photo {number + 1}.jpg" for number in range(PHOTOS)]
    for number, photo in enumerate(photos):
        write_photo(photo, samples[number], options.megapixels)
    write_photo(folder / "large.jpg", samples[0], options.large)
    editor = StandInFirst(max(options.edits + LARGE_EDITS - options.starter, 0))
    program = start(QApplication([]), editor)
    program.document.choose_model(read_model_card(paths.starter_model()))
    ready = program.client.ready
    program.client.warm_up()
    wait_for(ready)
    print(f"with the libraries loaded: peak {peak() / 2**30:.2f} GiB", flush=True)
    for number, photo in enumerate(photos):
        began, edits = time.monotonic(), options.edits // PHOTOS
        edit(program, photo, edits)
        each = (time.monotonic() - began) / max(edits, 1)
        print(f"after photo {number + 1}: peak {peak() / 2**30:.2f} GiB, {each:.1f} s an edit", flush=True)
    edit(program, folder / "large.jpg", LARGE_EDITS)
    print(f"after the large photo: peak {peak() / 2**30:.2f} GiB", flush=True)
    listed = [node.name for node in program.tree.listed]
    (folder / MADE).write_text(json.dumps({"listed": listed, "checksums": editor.checksums}))
    program.window.close()
    program.shut_down()
    return peak() <= BAR


def check(options: argparse.Namespace, folder: Path) -> bool:
    """Open the session again, and show every result."""
    made = json.loads((folder / MADE).read_text())
    program = start(QApplication([]), StandInFirst(0))
    run_until(lambda: program.document.shown is not None)
    results = [node for node in program.tree.listed if isinstance(node, EditedPhoto)]
    whole = 0
    for node, expected in zip(results, made["checksums"], strict=True):
        program.history.show_node(node)
        run_until(lambda node=node: program.document.shown is node)  # type: ignore[misc]
        whole += checksum(node.image()) == expected
    listed = [node.name for node in program.tree.listed]
    print(f"photos and results: {len(listed)}; on disk: {size_text(disk_usage(paths.sessions_folder()))}")
    print(f"results that are shown as they were made: {whole} of {len(made['checksums'])}")
    print(f"showing them all: peak {peak() / 2**30:.2f} GiB", flush=True)
    program.window.close()
    program.shut_down()
    return peak() <= BAR and whole == len(made["checksums"]) and listed == made["listed"]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--edits", type=int, default=60)
    parser.add_argument("--starter", type=int, default=60)
    parser.add_argument("--megapixels", type=float, default=20)
    parser.add_argument("--large", type=float, default=100)
    parser.add_argument("--part", choices=("work", "check"))
    options = parser.parse_args()
    if options.part is not None:
        part = work if options.part == "work" else check
        return 0 if part(options, Path(os.environ["IP2P_DATA_DIR"]).parent) else 1
    print("machine:", machine(), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "IP2P_DATA_DIR": str(Path(folder) / "data")}
        command = [sys.executable, *sys.argv, "--part"]
        codes = [subprocess.call([*command, part], env=environment) for part in ("work", "check")]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
