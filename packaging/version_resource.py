"""The version resource of the program on Windows: what its properties and the task manager show."""

from __future__ import annotations

from pathlib import Path

ENGLISH_UNICODE = "040904B0"
TEMPLATE = """VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004, fileType=0x1,
    subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([StringTable({table!r}, [{strings}])]),
    VarFileInfo([VarStruct("Translation", [0x0409, 0x04B0])]),
  ]
)
"""


def write_version_resource(target: Path, *, name: str, program: str, version: str, purpose: str) -> Path:
    """Write the resource in the form that PyInstaller reads; returns its path.

    `name` is the name for people, `program` that of the file, `version` up to four numbers with dots.
    """
    numbers = [int(part) for part in version.split(".")]
    texts = {
        "CompanyName": name,
        "FileDescription": name,  # what the task manager and “Open with” show
        "FileVersion": version,
        "InternalName": program,
        "LegalCopyright": "Licensed under the Apache License, version 2.0",
        "OriginalFilename": f"{program}.exe",
        "ProductName": name,
        "ProductVersion": version,
        "Comments": purpose,
    }
    strings = ", ".join(f"StringStruct({key!r}, {text!r})" for key, text in texts.items())
    four = tuple((*numbers, 0, 0, 0, 0)[:4])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(TEMPLATE.format(numbers=four, table=ENGLISH_UNICODE, strings=strings), encoding="utf-8")
    return target
