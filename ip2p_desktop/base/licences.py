"""The licences of the program and of the packages it is made of.

In a checkout they are read from what is installed. The packaged program contains a list of exactly the parts
that are in it, which `packaging/licence_list.py` has made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from ip2p_desktop.base import paths

PROGRAM = "ip2p-desktop"
LICENCE_NAMES = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
MAX_TEXT = 200_000
"""Characters of the texts of one part."""
LIST_NAME = "licences.json"
"""The list of the packaged program, in its resources."""
SHIPPED = {
    "resources/subject/LICENSE": ("U²-Net (network that finds subjects)", "Apache-2.0"),
    "resources/language/english_words.LICENSE": ("SCOWL (English words)", ""),
    "resources/families/clip_vocabulary/LICENSE": ("CLIP (vocabulary)", "MIT"),
}
"""Names and short licences of what others have made and ships in `resources`, by its licence file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LicencedPart:
    """A part of the program with its licence."""

    name: str
    version: str = ""
    licence: str = ""
    """A short name, for example "Apache-2.0"; empty if it is not known."""
    text: str = ""
    """The full texts; empty if they are not installed."""


def licenced_parts() -> tuple[LicencedPart, ...]:
    """The program, what ships with it, then all packages it needs, by name. Slow: not for the GUI thread."""
    listed = paths.resources_folder() / LIST_NAME
    if paths.is_frozen() and listed.is_file():
        return tuple(LicencedPart(**part) for part in json.loads(listed.read_text(encoding="utf-8")))
    packages = sorted(_needed(PROGRAM) - {PROGRAM}, key=str.lower)
    return (*shipped_parts(), *map(package_part, packages))


def shipped_parts() -> tuple[LicencedPart, ...]:
    """The program and what is in its resources."""
    resources = paths.resources_folder()
    return (
        LicencedPart(
            name=paths.APP_NAME, version=_version(PROGRAM), licence="Apache-2.0", text=_text(_own_licence())
        ),
        LicencedPart(
            name="Starter model", licence="Apache-2.0", text=_text(resources / "starter" / "README.md")
        ),
        LicencedPart(
            name="Sample photos", licence="as listed", text=_text(resources / "samples" / "samples.csv")
        ),
        *_folders_with_licence(resources),
    )


def _folders_with_licence(resources: Path) -> Iterator[LicencedPart]:
    """What others have made and ships in `resources`: whatever has a licence file, with its description."""
    for file in sorted(resources.rglob("*LICENSE*")):
        key = f"resources/{file.relative_to(resources).as_posix()}"
        name, licence = SHIPPED.get(key, (key, ""))
        texts = (_text(file.parent / "README.md"), _text(file))
        yield LicencedPart(name=name, licence=licence, text="\n\n".join(text for text in texts if text))


def _own_licence() -> Path:
    root = paths.resources_folder().parent
    return next((file for file in (root / "LICENSE", root / "resources" / "LICENSE") if file.is_file()), root)


def _needed(name: str) -> set[str]:
    """The normalised names of a package and of all installed packages it needs."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        each = _normalised(waiting.pop())
        if each in found:
            continue
        try:
            requirements = metadata.requires(each) or []
        except metadata.PackageNotFoundError:
            continue
        found.add(each)
        waiting += [needed for line in requirements if (needed := _requirement(line))]
    return found


def _requirement(line: str) -> str:
    """The name in a requirement that holds here; empty for those of extras and of other systems."""
    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        return ""
    holds = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    return requirement.name if holds else ""


def package_part(name: str, longest: int | None = MAX_TEXT) -> LicencedPart:
    """An installed package; its texts are cut after `longest` characters. Raises `PackageNotFoundError`."""
    package = metadata.distribution(name)
    facts = package.metadata
    licence = _fact(facts, "License-Expression") or _from_classifiers(facts.get_all("Classifier") or [])
    short = _fact(facts, "License").strip().splitlines()
    files = [
        file for file in package.files or () if LICENCE_NAMES.search(file.name) and "dist-info" in str(file)
    ]
    texts = dict.fromkeys(_text(Path(str(file.locate()))) for file in files)  # some repeat the same text
    return LicencedPart(
        name=_fact(facts, "Name") or name,
        version=package.version,
        licence=licence or (short[0] if short and len(short[0]) < 80 else ""),
        text="\n\n".join(text for text in texts if text)[:longest],
    )


def _fact(facts: metadata.PackageMetadata, name: str) -> str:
    return str(facts[name]) if name in facts else ""


def _from_classifiers(classifiers: list[str]) -> str:
    names = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License :: ")]
    return ", ".join(name for name in names if name != "OSI Approved")


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
