"""A program that replaces judging: it sends the same events and edits nothing.

The first argument is its behaviour: "judge" judges two pairs, a photo and two old edits; "linger" judges one
pair and waits; "fail" cannot judge; "crash" ends without an event. The others are the settings of judging,
which are written to `asked.jsonl` in the run.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from PIL import Image

LONGEST_LIFE = 120
SIDES = {"source": "red", "base": "green", "trained": "blue", "wanted": "white"}


def send(event: str, **values: object) -> dict[str, object]:
    line = {"type": event, **values}
    print(json.dumps(line), flush=True)
    return line


def images(folder: Path, stem: str, sides: tuple[str, ...]) -> dict[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    for side in sides:
        Image.new("RGB", (48, 32), SIDES[side]).save(folder / f"{stem}-{side}.jpg")
    return {side: str(folder / f"{stem}-{side}.jpg") for side in sides}


def judged_pair(folder: Path, number: int) -> dict[str, object]:
    measured = {f"{kind}_{side}": 0.5 for kind in ("psnr", "ssim") for side in ("source", "base", "trained")}
    return send(
        "judged-pair",
        number=number,
        name=f"pair {number}",
        instruction="invert it",
        follows=number == 0,
        is_judged=True,
        held_back=True,
        **measured,
        **images(folder, f"pair-{number}", ("source", "base", "trained", "wanted")),
    )


def main() -> None:
    behaviour, *words = sys.argv[1:]
    settings = dict(word.split("=", 1) for word in words)
    run = Path(settings["run"])
    with (run / "asked.jsonl").open("a") as file:
        file.write(json.dumps(settings) + "\n")
    if behaviour == "crash":
        os._exit(3)
    if behaviour == "fail":
        send("failed", kind="dataset", message="The pairs are gone.", advice="Bring them back.")
        sys.exit(1)
    folder = Path(settings.get("output", run / "judgement"))
    results = [judged_pair(folder, 0)]
    send("judging", done=2, total=10)
    if behaviour == "linger":
        time.sleep(LONGEST_LIFE)
    sides = ("source", "base", "trained")
    results.append(judged_pair(folder, 1))
    photo = images(folder, "photo-0", sides)
    results.append(send("judged-photo", number=0, photo="mine.jpg", instruction="invert it", **photo))
    olds = () if settings.get("old_edits") == "0" else ("make it night", "add snow")
    for number, text in enumerate(olds):
        old = images(folder, f"old-{number}", sides)
        results.append(send("judged-old", instruction=text, tried=1, works=number == 0, **old))
    summary = {
        "pairs": 2,
        "following": 1,
        "held_back": True,
        "photos": 1,
        "old": len(olds),
        "working": min(1, len(olds)),
        "complete": True,
        "step": int(settings["step"]),
        "strength": float(settings.get("strength", 1)),
        "seconds": 1.0,
        "judgement": str(folder / "judgement.json"),
    }
    stored = {"version": 1, "settings": settings, "results": results, "summary": summary}
    (folder / "judgement.json").write_text(json.dumps(stored))
    send("judged", **summary)


main()
