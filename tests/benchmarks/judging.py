"""How many instructions are judged rightly, by kind, and how long it takes.

    python tests/benchmarks/judging.py [FILE.toml …] [--model DIR]

A file has up to three lists of tables: `known` and `misspelt`, whose tables have an `instruction` and the
`families` of edits it asks for, and `unknown`, with an `instruction` each. A known or misspelt one is right
if it is judged known, its surest family is one of those asked for, and all of those are read from it. An
unknown one is right if it is judged unknown, or similar to something known.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from engine.instructions import InstructionReading, Verdict  # noqa: E402
from engine.instructions.reader import read_instruction  # noqa: E402
from engine.library import read_model_card  # noqa: E402

SHIPPED = ROOT / "tests" / "assets" / "instructions"


def is_right(kind: str, entry: dict[str, Any], reading: InstructionReading) -> bool:
    """Whether an instruction of this kind was judged as its entry says."""
    if kind == "unknown":
        return reading.verdict.is_doubtful
    families = set(entry["families"])
    is_family = reading.verdict is Verdict.KNOWN and families <= set(reading.families)
    return is_family and reading.families[0] in families


def main() -> int:
    """Prints wrong judgements and the counts; 0 when done."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path, default=sorted(SHIPPED.glob("*.toml")))
    parser.add_argument("--model", type=Path, default=ROOT / "resources" / "starter")
    arguments = parser.parse_args()
    card = read_model_card(arguments.model)
    started = time.perf_counter()
    read_instruction("make it snow, plese", card)
    print(f"first reading, with the model: {1e3 * (time.perf_counter() - started):.0f} ms")
    for file in arguments.files:
        print_file(file, tomllib.loads(file.read_text(encoding="utf-8")), card)
    return 0


def print_file(file: Path, kinds: dict[str, list[dict[str, Any]]], card: Any) -> None:
    rights, seconds = 0, []
    for kind, entries in kinds.items():
        right = 0
        for entry in entries:
            started = time.perf_counter()
            reading = read_instruction(entry["instruction"], card)
            seconds.append(time.perf_counter() - started)
            right += is_right(kind, entry, reading)
            if not is_right(kind, entry, reading):
                families = ", ".join(entry.get("families", ()))
                read = f" read as {reading.instruction!r}" if reading.is_corrected else ""
                judged = f"{reading.verdict}, {reading.families}"
                print(f"  {kind} {families}: {entry['instruction']!r}{read}: {judged}")
        rights += right
        print(f"  {kind}: {right} of {len(entries)} right, {len(entries) - right} wrong")
    total = sum(map(len, kinds.values()))
    times = sorted(1e3 * each for each in seconds)
    print(
        f"{file.name}: {rights} of {total} right; {statistics.median(times):.1f} ms in the median, "
        f"{times[int(0.95 * len(times))]:.1f} ms at the 95th percentile, {times[-1]:.1f} ms at most"
    )


if __name__ == "__main__":
    sys.exit(main())
