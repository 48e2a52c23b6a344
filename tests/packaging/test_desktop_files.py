"""What is generated for the desktops of all systems says what the program really opens and understands."""

from __future__ import annotations

import configparser
import plistlib
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from datetime import date
from pathlib import Path

import pytest
import windows_installer
from bundle import NAME
from file_types import EDIT_PACK, OWN_TYPES, PHOTO_TYPES, PROJECT, RAW_TYPES, mac_document_types, mime_types
from linux.desktop_files import Release, write_share
from linux.icon_theme import SIDES
from linux_packages import check_desktop_files
from PIL import Image

from engine.images.file_formats.camera_raw import RAW_SUFFIXES
from engine.images.image_files import OPENABLE_SUFFIXES

MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"
TYPES_OF_SYSTEM = Path("/usr/share/mime/types")


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that goes below `/usr/share`."""
    folder = tmp_path_factory.mktemp("share")
    write_share(folder, Release(version="1.2.3", day=date(2026, 2, 1), with_raw=False))
    return folder


@pytest.fixture(scope="module")
def entry(share: Path) -> configparser.SectionProxy:
    """The menu entry."""
    parser = configparser.RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign] # names keep their case
    parser.read(share / "applications" / f"{NAME}.desktop", encoding="utf-8")
    return parser["Desktop Entry"]


def test_every_kind_of_photo_has_a_mime_type() -> None:
    assert {suffix for suffixes in PHOTO_TYPES.values() for suffix in suffixes} == set(OPENABLE_SUFFIXES)
    assert {suffix for suffixes in RAW_TYPES.values() for suffix in suffixes} == set(RAW_SUFFIXES)


def test_raw_files_are_offered_only_where_the_program_opens_them() -> None:
    assert "image/x-canon-cr2" in mime_types(with_raw=True)
    assert "image/x-canon-cr2" not in mime_types(with_raw=False)
    assert "" not in mime_types(with_raw=True)


@pytest.mark.skipif(not TYPES_OF_SYSTEM.is_file(), reason="shared-mime-info is not installed")
def test_mime_types_have_the_names_of_the_system() -> None:
    known = TYPES_OF_SYSTEM.read_text(encoding="utf-8").split()
    newer = {"image/apng", "image/heic"}
    own = {each.mime_type for each in OWN_TYPES}
    assert set(mime_types(with_raw=True)) - set(known) <= newer | own


def test_menu_entry_opens_several_files(entry: configparser.SectionProxy) -> None:
    assert entry["Exec"] == f"{NAME} %F"
    assert entry["MimeType"].rstrip(";").split(";") == list(mime_types(with_raw=False))


def test_projects_and_edit_packs_are_known_by_their_suffix(share: Path) -> None:
    database = ElementTree.parse(share / "mime" / "packages" / f"{NAME}.xml").getroot()
    globs = {kind.get("type"): kind.find(f"{MIME}glob") for kind in database}
    assert {name: each.get("pattern") for name, each in globs.items() if each is not None} == {
        PROJECT.mime_type: "*.ip2p",
        EDIT_PACK.mime_type: "*.ip2p-edit",
    }


@pytest.mark.parametrize("icon", [f"apps/{NAME}", *(f"mimetypes/{each.icon}" for each in OWN_TYPES)])
def test_icons_have_all_sizes(share: Path, icon: str) -> None:
    theme = share / "icons" / "hicolor"
    assert (theme / "scalable" / f"{icon}.svg").is_file()
    for side in SIDES:
        with Image.open(theme / f"{side}x{side}" / f"{icon}.png") as image:
            assert image.size == (side, side)
            opacity = image.getchannel("A")
            assert opacity.getextrema() == (0, 255), "the drawing fills the icon, but not its corners"


@pytest.mark.parametrize("tool", ["desktop-file-validate", "appstreamcli", "man"])
def test_tools_of_the_desktop_find_no_fault(share: Path, tool: str) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    check_desktop_files(share, [tool])


def test_description_names_version_and_file_types(share: Path) -> None:
    description = ElementTree.parse(next((share / "metainfo").glob("*.xml"))).getroot()
    releases = description.findall("releases/release")
    assert [(each.get("version"), each.get("date")) for each in releases] == [("1.2.3", "2026-02-01")]
    types = [each.text for each in description.findall("provides/mediatype")]
    assert types == list(mime_types(with_raw=False))


def test_windows_opens_the_same_files() -> None:
    lines = list(windows_installer.association_lines(with_raw=False))
    supported = [re.search(r'SupportedTypes"; .*ValueName: "([^"]+)"', line) for line in lines]
    own = [PROJECT.suffix, EDIT_PACK.suffix]
    assert [found.group(1) for found in supported if found] == [*OPENABLE_SUFFIXES, *own]
    for line in lines:
        assert line.startswith("Root: HKA; Subkey: ")
        assert line.count('"') % 2 == 0, line


def test_mac_opens_the_same_files() -> None:
    entries = mac_document_types("org.example", with_raw=False)
    plistlib.dumps(entries)
    photos, *own = entries["CFBundleDocumentTypes"]
    assert [f".{each}" for each in photos["CFBundleTypeExtensions"]] == list(OPENABLE_SUFFIXES)
    declared = [each["UTTypeIdentifier"] for each in entries["UTExportedTypeDeclarations"]]
    assert [name for each in own for name in each["LSItemContentTypes"]] == declared


def test_entitlements_are_a_property_list() -> None:
    file = Path(windows_installer.RECIPE).parents[1] / "macos" / "entitlements.plist"
    rights = plistlib.loads(file.read_bytes())
    assert rights
    assert all(value is True for value in rights.values())


@pytest.mark.parametrize("script", ["install.sh", "uninstall.sh", "prerm"])
def test_scripts_are_plain_sh(script: str) -> None:
    file = Path(windows_installer.RECIPE).parents[1] / "linux" / script
    if shutil.which("sh") is None:
        pytest.skip("there is no sh")
    subprocess.run(["sh", "-n", file], check=True)
