"""Models that the hub's own client has put into its cache: found and used without downloading them again."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.http_faults import Answer, FaultyServer
from fakes.model_hub import EDITOR, download_editor, download_with_the_client

from engine.downloads import DownloadProgress, RetryPolicy, download_model
from engine.downloads.cached_editors import cached_editors
from engine.downloads.hub_cache import CachedModel, cached_models, cached_repositories
from engine.errors import DownloadFailed
from engine.library import ModelCard, ModelLibrary
from engine.library.catalogue import CatalogueEntry, CatalogueFile

OLD, NEW = "a" * 40, "b" * 40
INDEX = b'{"_class_name": "StableDiffusionInstructPix2PixPipeline"}'
WEIGHTS = random.Random(1).randbytes(200_000)
OTHER = random.Random(2).randbytes(200_000)
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()
NAMES = ("model_index.json", "unet/weights.safetensors")
SNOW = CatalogueEntry(
    id="snow",
    name="Snow",
    repository="owner/snow",
    revision="main",
    files=tuple(CatalogueFile(path=name) for name in NAMES),
    family="sd1",
    licence="MIT",
    size=200_000,
    description="Winter.",
)
Fetch = Callable[..., ModelCard]


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "hub cache"


@pytest.fixture
def hub(server: FaultyServer) -> FaultyServer:
    publish(server, OLD, WEIGHTS)
    return server


@pytest.fixture
def fetch(hub: FaultyServer, tmp_path: Path) -> Fetch:
    def fetch(entry: CatalogueEntry = SNOW, **options: object) -> ModelCard:
        settings = {"endpoint": hub.address, "retries": RetryPolicy(tries=2, first_pause=0.01), **options}
        return download_model(entry, ModelLibrary(tmp_path / "models"), **settings)  # type: ignore[arg-type]

    return fetch


def publish(hub: FaultyServer, commit: str, weights: bytes) -> None:
    """Make `commit` what the branch names."""
    hub.commit = commit
    for version in ("main", commit):
        for name, content in zip(NAMES, (INDEX, weights), strict=True):
            hub.files[f"/owner/snow/resolve/{version}/{name}"] = content


def fill(hub: FaultyServer, cache: Path, names: tuple[str, ...] = NAMES, revision: str = "main") -> None:
    """Another program downloads the model; then nobody is to ask the hub any more."""
    download_with_the_client(hub, cache, "owner/snow", names, revision)


def find_cached(entry: CatalogueEntry) -> CachedModel | None:
    return cached_models([entry], cached_repositories()).get(entry.id)


def blob_of(cache: Path, name: str = NAMES[1]) -> Path:
    (place,) = cache.glob(f"models--owner--snow/snapshots/*/{name}")
    return place.resolve()


def test_what_is_in_the_cache_is_used_without_asking_the_hub(
    fetch: Fetch, hub: FaultyServer, cache: Path
) -> None:
    fill(hub, cache)
    reports: list[DownloadProgress] = []
    card = fetch(on_progress=reports.append)
    assert hub.requests == hub.heads == []
    weights = card.path / NAMES[1]
    assert [(file.name, file.size, file.sha256) for file in card.weights] == [(NAMES[1], 200_000, SHA256)]
    assert (card.source, card.size) == ("owner/snow", len(INDEX) + 200_000)
    assert weights.samefile(blob_of(cache))
    assert not weights.is_symlink()
    assert reports
    blob_of(cache).unlink()
    assert weights.read_bytes() == WEIGHTS


def test_removing_the_model_leaves_the_cache_whole(
    fetch: Fetch, hub: FaultyServer, cache: Path, tmp_path: Path
) -> None:
    fill(hub, cache)
    ModelLibrary(tmp_path / "models").remove(fetch())
    assert blob_of(cache).read_bytes() == WEIGHTS


def test_a_cache_on_another_disk_is_copied(hub: FaultyServer, cache: Path, other_disk: Path) -> None:
    fill(hub, cache)
    card = download_model(SNOW, ModelLibrary(other_disk), endpoint=hub.address)
    assert (card.path / NAMES[1]).read_bytes() == WEIGHTS
    assert hub.requests == hub.heads == []


def test_a_model_is_offered_when_all_of_it_is_there(hub: FaultyServer, cache: Path) -> None:
    assert find_cached(SNOW) is None
    fill(hub, cache, NAMES[:1])
    assert find_cached(SNOW) is None
    fill(hub, cache)
    found = find_cached(SNOW)
    assert found is not None
    assert found.commit == OLD
    assert [file.path for file in found.files] == [blob_of(cache, name) for name in NAMES]
    assert find_cached(replace(SNOW, repository="owner/ice")) is None


def test_what_is_there_of_the_same_version_is_not_fetched(
    fetch: Fetch, hub: FaultyServer, cache: Path
) -> None:
    fill(hub, cache, NAMES[1:])
    card = fetch()
    assert [request.path.rpartition("/")[2] for request in hub.requests] == ["model_index.json"]
    assert (card.path / NAMES[1]).samefile(blob_of(cache))


def test_a_part_of_another_version_is_not_mixed_in(fetch: Fetch, hub: FaultyServer, cache: Path) -> None:
    publish(hub, NEW, OTHER)
    hub.answers[f"/owner/snow/resolve/{NEW}/{NAMES[1]}"].append(Answer(status=404))
    with pytest.raises(DownloadFailed):
        fetch()
    publish(hub, OLD, WEIGHTS)
    fill(hub, cache)
    hub.commit = NEW
    card = fetch()
    assert (card.path / NAMES[1]).read_bytes() == OTHER


def test_an_older_version_in_the_cache_serves_as_well(fetch: Fetch, hub: FaultyServer, cache: Path) -> None:
    fill(hub, cache, revision=OLD)
    publish(hub, NEW, OTHER)
    assert fetch().weights[0].sha256 == SHA256
    assert hub.requests == hub.heads == []


def test_the_version_that_is_asked_for_comes_first(fetch: Fetch, hub: FaultyServer, cache: Path) -> None:
    fill(hub, cache)
    publish(hub, NEW, OTHER)
    fill(hub, cache, revision=NEW)
    assert fetch().weights[0].sha256 == SHA256


def test_damage_in_the_cache_is_found_and_the_file_fetched(
    fetch: Fetch, hub: FaultyServer, cache: Path
) -> None:
    fill(hub, cache)
    for name in NAMES:
        blob = blob_of(cache, name)
        blob.chmod(0o644)
        blob.write_bytes(bytes(len(blob.read_bytes())))
    card = fetch()
    assert (card.path / NAMES[0]).read_bytes() == INDEX
    assert card.weights[0].sha256 == SHA256
    assert blob_of(cache).read_bytes() == bytes(200_000)
    assert len(hub.requests) == 2


def test_a_file_that_the_catalogue_does_not_mean_is_not_offered(hub: FaultyServer, cache: Path) -> None:
    fill(hub, cache)
    meant = CatalogueFile(path=NAMES[1], sha256=hashlib.sha256(OTHER).hexdigest())
    assert find_cached(replace(SNOW, files=(SNOW.files[0], meant))) is None
    assert find_cached(replace(SNOW, files=(SNOW.files[0], replace(meant, sha256=SHA256)))) is not None


def test_a_gated_model_that_is_there_needs_no_token(fetch: Fetch, hub: FaultyServer, cache: Path) -> None:
    fill(hub, cache)
    gated = Answer(status=401, headers={"X-Error-Code": "GatedRepo"})
    hub.answers[f"/owner/snow/resolve/main/{NAMES[0]}"].append(gated)
    assert fetch(replace(SNOW, is_gated=True)).name == "Snow"


def test_no_cache_is_no_trouble(fetch: Fetch, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.write_text("in the way")
    assert find_cached(SNOW) is None
    assert fetch().name == "Snow"


def found_editors() -> tuple[CatalogueEntry, ...]:
    return cached_editors([SNOW], cached_repositories())


def test_an_editor_that_the_catalogue_does_not_list_is_found_and_used(
    fetch: Fetch, hub: FaultyServer, cache: Path
) -> None:
    download_editor(hub, cache, "some.one/Fog_2", EDITOR)
    fill(hub, cache)
    (entry,) = found_editors()
    assert (entry.id, entry.name, entry.family) == ("some.one-fog-2", "some.one/Fog_2", "sd2")
    assert entry.revision == OLD
    card = fetch(entry)
    assert hub.requests == hub.heads == []
    assert card.source == "some.one/Fog_2"
    assert sorted(path.relative_to(card.path).as_posix() for path in card.path.rglob("*.*")) == sorted(
        ["ip2p.json", *(name for name in EDITOR if name != "README.md")]
    )


@pytest.mark.parametrize(
    "missing", ["model_index.json", "unet/weights.safetensors", "vae/weights.safetensors"]
)
def test_what_is_not_whole_is_no_editor(hub: FaultyServer, cache: Path, missing: str) -> None:
    download_editor(hub, cache, "some.one/fog", {name: EDITOR[name] for name in EDITOR if name != missing})
    assert found_editors() == ()


@pytest.mark.parametrize(
    "index", [b"{", b"[]", b'{"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "U"]}']
)
def test_other_models_are_no_editors(hub: FaultyServer, cache: Path, index: bytes) -> None:
    download_editor(hub, cache, "some.one/fog", {**EDITOR, "model_index.json": index})
    assert found_editors() == ()
