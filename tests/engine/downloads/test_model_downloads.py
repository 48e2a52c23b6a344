"""Models of a catalogue fetched from a hub on this machine, interrupted, and installed whole."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.http_faults import Answer, FaultyServer

from engine.downloads import DownloadProgress, RetryPolicy, download_model
from engine.edit_settings import EditSettings
from engine.errors import DownloadFailed, OutputNotWritable
from engine.library import ModelCard, ModelLibrary, read_model_card
from engine.library.catalogue import CatalogueEntry, CatalogueFile
from engine.progress import Cancelled, CancelToken

HASTY = RetryPolicy(stall=60.0, tries=2, first_pause=0.01)
STALL_AVERSE = replace(HASTY, stall=3.0)
"""Where a server stalls: its last bytes may not have been reported before."""
INDEX = b'{"_class_name": "StableDiffusionInstructPix2PixPipeline"}'
WEIGHTS = random.Random(1).randbytes(200_000)
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()
FOLDER = CatalogueEntry(
    id="snow",
    name="Snow",
    repository="owner/snow",
    revision="main",
    files=(
        CatalogueFile(path="model_index.json"),
        CatalogueFile(path="unet/config.json"),
        CatalogueFile(path="unet/weights.safetensors", sha256=SHA256),
    ),
    family="sd1",
    licence="MIT",
    size=200_000,
    description="Winter.",
    recommended=EditSettings(num_inference_steps=7),
)
SINGLE = replace(FOLDER, id="ice", name="Ice", files=(CatalogueFile(path="files/ice.safetensors"),))

Fetch = Callable[..., ModelCard]


@pytest.fixture
def hub(server: FaultyServer) -> FaultyServer:
    for version in ("main", "abc123"):
        root = f"/owner/snow/resolve/{version}"
        server.files[f"{root}/model_index.json"] = INDEX
        server.files[f"{root}/unet/config.json"] = b"{}"
        server.files[f"{root}/unet/weights.safetensors"] = WEIGHTS
        server.files[f"{root}/files/ice.safetensors"] = WEIGHTS
    return server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def fetch(hub: FaultyServer, folder: Path) -> Fetch:
    def fetch(entry: CatalogueEntry, **options: object) -> ModelCard:
        library = ModelLibrary(folder)
        return download_model(entry, library, endpoint=hub.address, **{"retries": HASTY, **options})  # type: ignore[arg-type]

    return fetch


def paths_asked(hub: FaultyServer) -> list[str]:
    return [request.path.removeprefix("/owner/snow/resolve/") for request in hub.requests]


def test_a_folder_arrives_with_its_card(fetch: Fetch, folder: Path) -> None:
    reports: list[DownloadProgress] = []
    card = fetch(FOLDER, on_progress=reports.append)
    assert card.path == folder / "snow"
    assert read_model_card(card.path) == card
    assert (card.name, card.family, card.licence, card.source) == ("Snow", "sd1", "MIT", "owner/snow")
    assert card.recommended.num_inference_steps == 7
    assert card.size == len(INDEX) + 2 + len(WEIGHTS)
    assert [(file.name, file.size, file.sha256) for file in card.weights] == [
        ("unet/weights.safetensors", 200_000, SHA256)
    ]
    assert (card.path / "unet" / "weights.safetensors").read_bytes() == WEIGHTS
    assert ModelLibrary(folder).models() == [card]
    assert list((folder / ".part").iterdir()) == []
    assert reports[-1].received == reports[-1].total == card.size


def test_a_download_follows_a_library_that_is_moved_meanwhile(hub: FaultyServer, tmp_path: Path) -> None:
    folders = [tmp_path / "models"]
    library = ModelLibrary(lambda: folders[-1])
    path = "/owner/snow/resolve/main/unet/weights.safetensors"
    hub.answers[path].extend([Answer(cut_after=150_000), Answer(status=403)])
    with pytest.raises(DownloadFailed):
        download_model(
            FOLDER,
            library,
            endpoint=hub.address,
            retries=HASTY,
            on_progress=lambda _: folders.append(tmp_path / "chosen"),
        )
    assert not (tmp_path / "models").exists()
    part = tmp_path / "chosen" / ".part" / "snow" / "snow" / "unet" / "weights.safetensors.part"
    assert part.read_bytes() == WEIGHTS[:150_000]
    card = download_model(FOLDER, library, endpoint=hub.address, retries=HASTY)
    assert card.path == tmp_path / "chosen" / "snow"
    assert hub.ranges(path)[-1] == "bytes=150000-"
    assert list((tmp_path / "chosen" / ".part").iterdir()) == []


def test_a_single_file_arrives_with_its_card_beside_it(fetch: Fetch, folder: Path) -> None:
    card = fetch(SINGLE)
    assert card.path == folder / "ice.safetensors"
    assert card.source == "owner/snow/files/ice.safetensors"
    assert sorted(path.name for path in folder.iterdir()) == [
        ".part",
        "ice.safetensors",
        "ice.safetensors.ip2p.json",
    ]
    assert ModelLibrary(folder).models() == [card]


def test_an_installed_model_is_not_fetched_again(fetch: Fetch, hub: FaultyServer) -> None:
    first = fetch(FOLDER)
    asked = len(hub.requests)
    assert fetch(FOLDER) == first
    assert len(hub.requests) == asked


def test_an_interrupted_model_goes_on_where_it_broke(fetch: Fetch, hub: FaultyServer, folder: Path) -> None:
    path = "/owner/snow/resolve/main/unet/weights.safetensors"
    hub.answers[path].extend([Answer(cut_after=150_000), Answer(cut_after=0)])
    with pytest.raises(DownloadFailed, match="the 150 kB that have been downloaded are kept"):
        fetch(FOLDER)
    assert ModelLibrary(folder).models() == []
    card = fetch(FOLDER)
    assert ModelLibrary(folder).models() == [card]
    assert card.weights[0].sha256 == SHA256
    assert paths_asked(hub).count("main/model_index.json") == 1
    assert hub.ranges(path) == [None, "bytes=150000-", "bytes=150000-"]


def test_all_files_are_of_one_version(fetch: Fetch, hub: FaultyServer) -> None:
    first = "/owner/snow/resolve/main/model_index.json"
    hub.answers[first].append(Answer(headers={"X-Repo-Commit": "abc123"}))
    hub.answers["/owner/snow/resolve/abc123/unet/config.json"].append(Answer(status=404))
    with pytest.raises(DownloadFailed):
        fetch(FOLDER)
    fetch(FOLDER)
    assert paths_asked(hub) == [
        "abc123/model_index.json",
        "abc123/unet/config.json",
        "abc123/unet/weights.safetensors",
    ]
    assert [head.path.removeprefix("/owner/snow/resolve/") for head in hub.heads] == [
        "main/model_index.json",
        "abc123/unet/config.json",
        "abc123/unet/config.json",
        "abc123/unet/weights.safetensors",
    ]


def test_cancelling_keeps_what_is_whole(fetch: Fetch, hub: FaultyServer, folder: Path) -> None:
    hub.answers["/owner/snow/resolve/main/unet/weights.safetensors"].append(Answer(stall_after=100_000))
    cancel = CancelToken()

    def cancel_in_weights(progress: DownloadProgress) -> None:
        if progress.received > 50_000:
            cancel.cancel()

    with pytest.raises(Cancelled):
        fetch(FOLDER, on_progress=cancel_in_weights, cancel=cancel, retries=STALL_AVERSE)
    assert ModelLibrary(folder).models() == []
    assert fetch(FOLDER).path.is_dir()
    assert paths_asked(hub).count("main/unet/config.json") == 1


def test_a_gated_model_says_what_it_needs(fetch: Fetch, hub: FaultyServer) -> None:
    hub.answers["/owner/snow/resolve/main/files/ice.safetensors"].append(Answer(status=401))
    with pytest.raises(DownloadFailed, match="Enter an access token, or accept the licence"):
        fetch(SINGLE)
    assert hub.requests == []
    fetch(SINGLE, token="secret")
    assert hub.heads[-1].headers["Authorization"] == "Bearer secret"
    assert hub.requests[-1].headers["Authorization"] == "Bearer secret"


def test_too_little_room_is_said_before_anything_is_fetched(fetch: Fetch, hub: FaultyServer) -> None:
    with pytest.raises(OutputNotWritable, match="There is not enough disk space"):
        fetch(replace(FOLDER, size=10**17))
    assert hub.requests == []
