"""One session in the window, with the mouse and the keyboard of the screen: whole_session.py PART FOLDER.

PART is `first`, the session, or `second`, the next start, which finds all of it again. FOLDER holds
`photos/` (at least six) and gets pictures of the screen and `found.json`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from driver import Driver, Steps, button, drive

from ip2p_desktop.app import Program
from ip2p_desktop.editing.batch.batch_runner import BatchPhase
from ip2p_desktop.session.compare_mode import CompareMode
from ip2p_desktop.session.edit_nodes import EditedPhoto

HERE = Path(__file__).resolve().parent
FOLDER = Path(sys.argv[2])
PHOTOS = sorted((FOLDER / "photos").iterdir())


def facts(program: Program) -> dict[str, object]:
    """What must be the same after a restart."""
    tree, document = program.tree, program.document
    results = [node for node in tree.listed if isinstance(node, EditedPhoto)]
    return {
        "nodes": [(node.node_id, node.name) for node in tree.listed],
        "parents": [node.parent.node_id if node.parent else "" for node in tree.listed],
        "instructions": [result.state.instruction for result in results],
        "areas": [result.state.settings.area.value for result in results],
        "starred": [node.node_id for node in tree.listed if node.is_starred],
        "shown": document.shown.node_id if document.shown else "",
        "instruction": document.state.instruction,
        "can_undo": program.window.actions_.undo.isEnabled(),
    }


def first(program: Program, driver: Driver) -> Steps:
    """A photo as argument, another dropped; edits, areas, undo, a branch, comparing, a batch, saving."""
    window, document = program.window, program.document
    box, view = window.composer.instruction_box, window.canvas.view
    yield lambda: document.source is not None and document.model is not None
    yield lambda: window.isActiveWindow()
    driver.picture("photo given as argument")

    place = window.canvas.mapToGlobal(QPoint(20, 60))
    drag = [sys.executable, str(HERE / "drag_source.py"), str(PHOTOS[1]), str(place.x()), str(place.y())]
    source = subprocess.Popen(drag)
    yield driver.after(2.0)
    yield from driver.drag(
        window.canvas, QPoint(60, 100), QPoint(100, 140), QPoint(200, 200), QPoint(240, 220)
    )
    yield lambda: document.source is not None and document.source.name == PHOTOS[1].name
    yield lambda: source.poll() is not None
    driver.picture("second photo dropped")

    driver.click(box)
    driver.write("make it sepia")
    yield lambda: document.live_preview is not None
    driver.picture("live preview while typing")
    driver.press("Return")
    yield lambda: document.result is not None and not program.queue.is_busy
    driver.picture("first edit")
    sepia = document.result

    driver.click(button(window, "select_subject_button"))
    yield lambda: document.state.mask_id
    driver.picture("subject marked")
    subject = document.state.mask_id
    driver.press("ctrl+i")
    yield lambda: document.state.mask_id != subject
    driver.picture("background marked")
    driver.click(box)
    driver.press("ctrl+a")
    driver.write("make it black and white")
    driver.press("Return")
    yield lambda: document.result is not sepia and not program.queue.is_busy
    driver.picture("second edit, on the background")
    second_edit = document.result

    driver.click(view, QPoint(view.width() // 2, 12))
    driver.press("ctrl+z")
    yield lambda: document.result is not second_edit
    driver.picture("undone")
    driver.press("ctrl+shift+z")
    yield lambda: document.result is second_edit
    driver.press("ctrl+u")
    yield lambda: document.source is not None and document.source.parent is second_edit
    driver.press("ctrl+shift+d")
    yield lambda: not (document.state.uses_mask and document.state.mask_id)
    driver.click(box)
    driver.press("ctrl+a")
    driver.write("add some fog")
    driver.press("Return")
    yield lambda: document.result is not None and not program.queue.is_busy
    driver.picture("a branch")

    driver.press("F7")
    yield lambda: view.compare_mode is CompareMode.SIDE_BY_SIDE
    driver.picture("side by side")
    driver.press("F8")
    yield driver.after(1.5)
    driver.picture("difference")
    driver.press("F6")
    yield lambda: view.compare_mode is CompareMode.DIVIDER

    driver.press("ctrl+b")
    dialog = program.batches.dialog
    yield dialog.isVisible
    yield driver.after(0.5)
    dialog.choose(PHOTOS[:5])
    yield dialog.setup_page.start_button.isEnabled
    driver.picture("batch over five")
    driver.click(dialog.setup_page.start_button)
    yield lambda: program.batches.runner.phase is BatchPhase.ENDED
    driver.picture("batch done")
    driver.press("Escape")
    yield lambda: not dialog.isVisible()

    driver.press("ctrl+s")
    yield lambda: QApplication.activeModalWidget() is not None
    yield driver.after(0.5)
    driver.press("ctrl+a")
    driver.write(str(FOLDER / "saved.png"))
    driver.picture("saving")
    driver.press("Return")
    yield (FOLDER / "saved.png").exists
    yield driver.after(1.5)
    (FOLDER / "found.json").write_text(json.dumps(facts(program)))
    driver.press("ctrl+q")


def second(program: Program, driver: Driver) -> Steps:
    """Everything of the session is there again, and undo goes on."""
    document = program.document
    expected = json.loads((FOLDER / "found.json").read_text())
    yield lambda: document.shown is not None and document.shown.node_id == expected["shown"]
    yield lambda: document.model is not None
    yield driver.after(1.0)
    driver.picture("started again")
    found = json.loads(json.dumps(facts(program)))
    assert found == expected, {
        name: (found[name], expected[name]) for name in expected if found[name] != expected[name]
    }
    shown = document.shown
    driver.press("ctrl+z")
    yield lambda: document.shown is not shown or document.state.instruction != expected["instruction"]
    driver.picture("undone after the restart")
    driver.press("ctrl+q")


def main() -> int:
    steps = {"first": first, "second": second}[sys.argv[1]]
    return drive(steps, FOLDER, [PHOTOS[0]] if sys.argv[1] == "first" else [])


if __name__ == "__main__":
    sys.exit(main())
