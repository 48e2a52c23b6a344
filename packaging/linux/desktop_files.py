"""Writes what a Linux desktop reads about the program: menu entry, kinds of files, icons and description."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

sys.path.append(str(Path(__file__).resolve().parent.parent))

from bundle import IDENTIFIER, NAME
from command_line import read_commands
from file_types import OWN_TYPES, mime_types
from linux.completions import bash_completion, fish_completion, zsh_completion
from linux.icon_theme import draw_theme_icons
from linux.manual import manual_page

from ip2p_desktop.base.paths import APP_NAME

SUMMARY = "Edit photos by writing what should change"
PARAGRAPHS = (
    "Write what should change in a photo, for example “make it night”, and press Enter: seconds later "
    "the edited photo stands beside the original. A brush, or words such as “only the background”, limit the "
    "edit to a part of the photo, and what is not edited stays as it is, pixel for pixel.",
    "Everything runs on this computer, with or without a graphics card. The program can be trained for new "
    "edits with pairs of photos from before and after a change, and it can use other InstructPix2Pix models.",
)
KEYWORDS = ("photo", "picture", "image", "edit", "filter", "retouch", "AI", "InstructPix2Pix")
CATEGORIES = ("Graphics", "2DGraphics", "RasterGraphics", "Photography")


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """What is packaged."""

    version: str
    day: date
    with_raw: bool
    """Whether the program opens camera RAW files."""


def write_share(share: Path, release: Release) -> None:
    """Write everything that belongs below `/usr/share`, or below the data folder of a user."""
    root = read_commands()
    types = mime_types(with_raw=release.with_raw)
    texts = {
        f"applications/{NAME}.desktop": desktop_entry(types),
        f"mime/packages/{NAME}.xml": mime_database(),
        f"metainfo/{IDENTIFIER}.metainfo.xml": software_description(release, types),
        f"man/man1/{NAME}.1": manual_page(root, version=release.version, day=release.day),
        f"bash-completion/completions/{NAME}": bash_completion(root),
        f"fish/vendor_completions.d/{NAME}.fish": fish_completion(root),
        f"zsh/vendor-completions/_{NAME}": zsh_completion(root),
    }
    for name, text in texts.items():
        file = share / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    draw_theme_icons(share / "icons" / "hicolor")


def desktop_entry(types: Iterable[str]) -> str:
    """The menu entry; `types` are the MIME types for “Open with”."""
    return "\n".join(
        (
            "[Desktop Entry]",
            "Type=Application",
            "Version=1.0",
            f"Name={APP_NAME}",
            "GenericName=Photo Editor",
            f"Comment={SUMMARY}",
            f"TryExec={NAME}",
            f"Exec={NAME} %F",
            f"Icon={NAME}",
            "Terminal=false",
            "StartupNotify=true",
            f"StartupWMClass={NAME}",
            f"Categories={_list(CATEGORIES)}",
            f"Keywords={_list(KEYWORDS)}",
            f"MimeType={_list(types)}",
            "",
        )
    )


def mime_database() -> str:
    """The kinds of files that only this program has, for the database of shared-mime-info."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">',
    ]
    for each in OWN_TYPES:
        lines += [
            f'  <mime-type type="{each.mime_type}">',
            f"    <comment>{escape(each.name)}</comment>",
            '    <sub-class-of type="application/zip"/>',
            f'    <icon name="{each.icon}"/>',
            f'    <glob pattern="*{each.suffix}"/>',
            "  </mime-type>",
        ]
    return "\n".join([*lines, "</mime-info>", ""])


def software_description(release: Release, types: Iterable[str]) -> str:
    """The AppStream description, which software centres show."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<component type="desktop-application">',
        f"  <id>{IDENTIFIER}</id>",
        "  <metadata_license>CC0-1.0</metadata_license>",
        "  <project_license>Apache-2.0</project_license>",
        f"  <name>{APP_NAME}</name>",
        f"  <summary>{SUMMARY}</summary>",
        f"  <developer_name>{APP_NAME}</developer_name>",
        "  <description>",
        *(f"    <p>{escape(paragraph)}</p>" for paragraph in PARAGRAPHS),
        "  </description>",
        f'  <launchable type="desktop-id">{NAME}.desktop</launchable>',
        f'  <icon type="stock">{NAME}</icon>',
        "  <categories>",
        *(f"    <category>{each}</category>" for each in CATEGORIES),
        "  </categories>",
        "  <provides>",
        f"    <binary>{NAME}</binary>",
        *(f"    <mediatype>{each}</mediatype>" for each in types),
        "  </provides>",
        "  <supports>",
        *(f"    <control>{each}</control>" for each in ("pointing", "keyboard", "touch")),
        "  </supports>",
        '  <content_rating type="oars-1.1"/>',
        "  <releases>",
        f'    <release version="{release.version}" date="{release.day.isoformat()}"/>',
        "  </releases>",
        "</component>",
    ]
    return "\n".join(lines) + "\n"


def _list(values: Iterable[str]) -> str:
    return "".join(f"{value};" for value in values)
