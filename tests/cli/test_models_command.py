"""`ip2p-desktop models …`: what it prints, what it leaves on disk, and its exit codes."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.edit_packs import make_pack
from fakes.http_faults import Answer, FaultyServer
from fakes.model_hub import EDITOR, download_editor, download_with_the_client
from fakes.shared_folder import shared_folder
from fakes.tiny_editor import save_tiny_editor
from PIL import Image

from ip2p_desktop.base import paths
from ip2p_desktop.cli import models_command

WEIGHTS = random.Random(1).randbytes(100_000)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str | Path) -> tuple[int, str, str]:
        code = models_command.main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def hub(server: FaultyServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FaultyServer:
    """A hub with a catalogue of one model."""
    server.files["/owner/snow/resolve/main/snow.safetensors"] = WEIGHTS
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", server.address)
    addresses = f"{server.address}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", addresses)
    monkeypatch.setenv("HF_TOKEN", "hub-token")
    entry = {
        "id": "snow",
        "name": "Snow",
        "repository": "owner/snow",
        "revision": "main",
        "files": [{"path": "snow.safetensors", "sha256": None}],
        "family": "sd1",
        "licence": "MIT",
        "size": 100_000,
        "description": "Winter.",
        "note": "It is cold.",
    }
    catalogue = tmp_path / "resources" / "catalogue.json"
    catalogue.parent.mkdir()
    catalogue.write_text(json.dumps({"models": [entry]}))
    monkeypatch.setattr("engine.library.catalogue.resources_folder", lambda: catalogue.parent)
    return server


def test_the_starter_is_listed(run: Run) -> None:
    code, printed, _ = run("list")
    assert code == 0
    assert printed == f"Starter: {paths.starter_model()}\n"
    code, printed, _ = run("list", "--json")
    assert [(card["name"], card["path"]) for card in json.loads(printed)] == [
        ("Starter", str(paths.starter_model()))
    ]


def test_a_model_is_added_described_moved_and_removed(
    run: Run, copy_starter: Callable[[Path], Path], tmp_path: Path
) -> None:
    model = copy_starter(tmp_path / "mine")
    (model / "ip2p.json").write_text('{"name": "Mine", "licence": "MIT"}')
    code, _, stderr = run("add", model)
    assert (code, stderr.splitlines()[-1][:10]) == (0, "Added Mine")

    code, printed, _ = run("info", "Mine", "--json")
    card = json.loads(printed)
    assert (code, card["licence"], card["source"]) == (0, "MIT", str(model))
    assert card["size"] == sum(file.stat().st_size for file in model.rglob("*") if file.is_file())
    assert {len(file["sha256"]) for file in card["weights"]} == {64}

    code, _, stderr = run("move", tmp_path / "moved")
    assert code == 0
    assert stderr.endswith(f"Models are kept in {tmp_path / 'moved'} now.\n")
    assert paths.models_folder() == tmp_path / "moved"
    assert f"Mine ({card['family']}, " in run("list")[1]

    assert run("remove", "Mine") == (0, "", "Removed Mine.\n")
    assert run("list")[1].startswith("Starter")
    assert run("list")[1].count("\n") == 1
    assert model.is_dir()


def test_a_model_is_renamed_and_described(
    run: Run, copy_starter: Callable[[Path], Path], tmp_path: Path
) -> None:
    model = copy_starter(tmp_path / "mine")
    (model / "ip2p.json").write_text('{"name": "Mine"}')
    assert run("add", model)[0] == 0
    place = paths.models_folder() / "mine"
    assert run("rename", "Mine", "Old films") == (0, "", "Mine is called Old films now.\n")
    assert f"Old films ({json.loads(run('info', 'mine', '--json')[1])['family']}, " in run("list")[1]
    Image.new("RGB", (900, 600), "navy").save(tmp_path / "beach.png")
    code, _, stderr = run("describe", "mine", "--note", "Grain.", "--preview", tmp_path / "beach.png")
    assert (code, stderr) == (0, "Old films is described.\n")
    card = json.loads(run("info", "Old films", "--json")[1])
    assert (card["description"], card["preview"]) == ("Grain.", "preview.jpg")
    with Image.open(place / "preview.jpg") as preview:
        assert preview.size == (512, 341)
    assert run("describe", "mine", "--no-preview")[0] == 0
    assert not (place / "preview.jpg").exists()
    assert json.loads(run("info", "mine", "--json")[1])["description"] == "Grain."
    assert run("rename", "mine", "starter") == (
        2,
        "",
        "There is another model called “starter”. Choose another name.\n",
    )
    assert run("describe", "mine")[::2] == (
        2,
        "There is nothing to change on Old films. Give a note or a preview.\n",
    )
    assert "/nowhere.jpg does not exist." in run("describe", "mine", "--preview", "/nowhere.jpg")[2]
    assert run("remove", "Old films")[0] == 0
    assert not place.exists()


def test_a_catalogue_model_is_downloaded(run: Run, hub: FaultyServer) -> None:
    code, printed, _ = run("catalogue")
    assert (code, printed) == (0, "snow: Snow, 100 kB, licence MIT. Winter.\n")
    code, _, stderr = run("download", "snow")
    assert code == 0
    assert stderr.startswith("Snow: It is cold.\n")
    assert stderr.endswith(f"Snow is installed as {paths.models_folder() / 'snow.safetensors'}.\n")
    assert hub.requests[-1].headers["Authorization"] == "Bearer hub-token"
    assert "Snow (sd1, 100 kB)" in run("list")[1]


def test_what_the_hubs_client_has_downloaded_is_offered_and_used(
    run: Run, hub: FaultyServer, tmp_path: Path
) -> None:
    hub.commit = "c" * 40
    download_with_the_client(hub, tmp_path / "hub cache", "owner/snow", ["snow.safetensors"])
    place = "licence MIT, in the hub's cache on this computer. Winter."
    assert run("catalogue")[:2] == (0, f"snow: Snow, 100 kB, {place}\n")
    assert json.loads(run("catalogue", "--json")[1])[0]["is_cached"] is True
    assert run("download", "snow")[0] == 0
    assert (paths.models_folder() / "snow.safetensors").read_bytes() == WEIGHTS
    assert hub.requests == hub.heads == []


def test_an_editor_of_another_program_is_offered_and_used(
    run: Run, hub: FaultyServer, tmp_path: Path
) -> None:
    hub.commit = "c" * 40
    download_editor(hub, tmp_path / "hub cache", "some.one/fog", EDITOR)
    described = "some.one-fog: some.one/fog, 300 kB, licence not known, in the hub's cache on this computer."
    assert run("catalogue")[1].splitlines()[-1] == described
    assert run("download", "some.one-fog")[0] == 0
    assert "some.one/fog (sd2, 300 kB)" in run("list")[1]


def test_an_interrupted_download_goes_on(run: Run, hub: FaultyServer) -> None:
    path = "/owner/snow/resolve/main/snow.safetensors"
    hub.answers[path].extend([Answer(cut_after=60_000), Answer(status=403)])
    code, _, stderr = run("download", "snow")
    assert code == 1
    assert "Enter an access token, or accept the licence" in stderr
    assert run("download", "snow", "--token", "mine")[0] == 0
    assert hub.ranges(path)[-1] == "bytes=60000-"
    assert hub.requests[-1].headers["Authorization"] == "Bearer mine"


def test_damaged_models_are_reported(run: Run) -> None:
    paths.models_folder().mkdir(parents=True)
    (paths.models_folder() / "empty.safetensors").touch()
    code, printed, stderr = run("list")
    assert (code, printed.count("\n")) == (0, 1)
    assert "empty.safetensors is empty (0 bytes). Remove it" in stderr


REFUSED = {
    "no action": ((), 2, "The following arguments are required: action. Try ip2p-desktop models --help."),
    "unknown action": (("paint",), 2, "Argument action: invalid choice: 'paint'"),
    "unknown model": (("info", "Rain"), 2, "There is no model called “Rain”. Choose one of “Starter”."),
    "unknown entry": (("download", "rain"), 2, "The catalogue has no model “rain”. Choose one of "),
    "no model": (("add", "/nowhere"), 2, "/nowhere is not a model folder: it has no model_index.json."),
    "the starter": (("remove", "Starter"), 2, "is not in the library"),
    "renaming the starter": (("rename", "Starter", "Mine"), 2, "is not in the library"),
    "into a file": (("move", __file__), 2, "is not a folder. Choose another folder."),
}


@pytest.mark.parametrize(("arguments", "code", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_wrong_is_one_sentence(
    run: Run, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    ended, printed, stderr = run(*arguments)
    assert (ended, printed) == (code, "")
    assert sentence in stderr
    assert stderr.count("\n") == 1


def test_the_program_runs_the_models_command(
    program: list[str], surroundings: dict[str, str], data_folder: Path
) -> None:
    done = subprocess.run(
        [*program, "models", "list"],
        env={**surroundings, "IP2P_DATA_DIR": str(data_folder)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Starter: ")


def test_an_edit_pack_is_added_and_its_instruction_named(
    run: Run, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = shared_folder(tmp_path_factory, "pack base", save_tiny_editor)
    monkeypatch.setattr(paths, "starter_model", lambda: base)
    pack = make_pack(tmp_path / "stencil.ip2p-edit", base)
    code, out, err = run("add", pack)
    assert (code, out) == (0, "")
    assert "Stencil was added (" in err
    assert "and edits with “turn it into a layered stencil”." in err
    assert "Stencil was there already" in run("add", pack)[2]
    assert "Stencil" in run("list")[1]


def test_a_damaged_edit_pack_is_refused_in_one_line(run: Run, tmp_path: Path) -> None:
    pack = tmp_path / "broken.ip2p-edit"
    pack.write_bytes(b"PK\x03\x04 and then nothing")
    code, out, err = run("add", pack)
    assert (code, out) == (2, "")
    assert err.startswith("broken.ip2p-edit is damaged: it is not a whole zip file. Get the file again")
    assert err.count("\n") == 1
