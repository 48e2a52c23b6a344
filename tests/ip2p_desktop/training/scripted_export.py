"""A program that replaces the export of a run: it writes a file or a model folder of its own.

The first argument is its behaviour: "write", "linger" or "fail". The others are the arguments of the export,
which are written to `exported.jsonl` in the run.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

LONGEST_LIFE = 120


def main() -> None:
    behaviour, run, *words = sys.argv[1:]
    with (Path(run) / "exported.jsonl").open("a") as file:
        file.write(json.dumps(words) + "\n")
    if behaviour == "linger":
        time.sleep(LONGEST_LIFE)
    if behaviour == "fail":
        print("The disk is full. Free some space.", file=sys.stderr)
        sys.exit(2)
    if "--output" in words:
        folder = Path(words[words.index("--output") + 1])
        folder.mkdir(exist_ok=True)
        (folder / "model_index.json").write_text("{}")
        card = {"name": "Chosen", "description": "", "suggestions": ["invert it"]}
        (folder / "ip2p.json").write_text(json.dumps(card))
        return
    option = next(word for word in words if word in ("--edit-pack", "--lora"))
    Path(words[words.index(option) + 1]).write_bytes(b"exported")


main()
