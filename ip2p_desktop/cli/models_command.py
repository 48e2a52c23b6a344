"""`ip2p-desktop models …`: manages the models on this computer and downloads others."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tqdm import tqdm

from engine.console import DONE, print_line
from engine.downloads import download_model
from engine.downloads.cached_editors import cached_editors
from engine.downloads.hub_cache import cached_models, cached_repositories
from engine.edit_packs.pack_file import is_pack
from engine.errors import InvalidRequest, ModelNotUsable
from engine.files.disk_space import size_text
from engine.images.image_files import open_photo
from engine.images.preview_pictures import preview_jpeg
from engine.library import ModelCard
from engine.library.catalogue import CatalogueEntry, find_entry, read_catalogue
from engine.library.model_places import models_left_report
from engine.progress import CancelToken
from ip2p_desktop.base import paths
from ip2p_desktop.cli.command_frame import BEFORE_FIRST_STEP, OneSentenceParser, run
from ip2p_desktop.models.model_list import library, read_models


def make_parser() -> argparse.ArgumentParser:
    """The parser of the actions and their arguments."""
    parser = OneSentenceParser(
        prog="ip2p-desktop models", description="The models on this computer, and those to download."
    )
    actions = parser.add_subparsers(dest="action", required=True, parser_class=OneSentenceParser)

    def add(name: str, work: Callable[..., None], help: str) -> argparse.ArgumentParser:
        action = actions.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
        action.set_defaults(work=work)
        return action

    listing = add("list", _list, "list the models on this computer")
    info = add("info", _info, "print the details of a model")
    adding = add("add", _add, "copy a model folder or file, or an edit pack, into the library")
    renaming = add("rename", _rename, "give a model another name")
    describing = add("describe", _describe, "give a model a note and a preview")
    removing = add("remove", _remove, "delete a model from the library")
    downloading = add("download", _download, "download a model of the catalogue, or resume its download")
    merging = add("merge", _merge, "make an editing model from any Stable Diffusion 1 or 2 model")
    moving = add("move", _move, "move the library to another folder")
    catalogue = add("catalogue", _catalogue, "list the models that can be downloaded")
    for action in (info, renaming, describing, removing):
        action.add_argument("name", metavar="NAME", help="name of the model, or of its folder or file")
    adding.add_argument(
        "path", type=Path, metavar="PATH", help="a diffusers folder, a model file, or an edit pack"
    )
    renaming.add_argument("new_name", metavar="NEW", help="its new name; its folder or file keeps its name")
    describing.add_argument("--note", metavar="TEXT", help="what it does; empty for no note")
    pictures = describing.add_mutually_exclusive_group()
    pictures.add_argument("--preview", type=Path, metavar="FILE", help="a photo; a small copy of it is kept")
    pictures.add_argument("--no-preview", action="store_true", help="remove its preview")
    adding.add_argument("--move", action="store_true", help="move it instead of copying it")
    downloading.add_argument("id", metavar="ID", help="its name in the catalogue")
    downloading.add_argument(
        "--token", metavar="TEXT", help="access token for gated models (default: the hub client's own)"
    )
    merging.add_argument("name", metavar="NAME", help="name of the new model")
    merging.add_argument("--editor", type=Path, required=True, help="an InstructPix2Pix file")
    merging.add_argument("--custom", type=Path, required=True, help="the model whose style is merged in")
    merging.add_argument("--base", type=Path, required=True, help="the model that both were made from")
    merging.add_argument("--multiplier", type=float, default=1.0, help="strength of the style (default: 1)")
    moving.add_argument("folder", type=Path, metavar="FOLDER", help="the new folder of the models")
    for action in (listing, info, catalogue):
        action.add_argument("--json", action="store_true", help="print JSON")
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run an action. Returns 0 for success, 1 for failure, 2 for wrong usage or input, 130 after Ctrl-C."""
    try:
        options = make_parser().parse_args(arguments)
    except SystemExit as early_exit:
        return int(early_exit.code or DONE)

    def work(cancel: CancelToken) -> int:
        options.work(options, cancel)
        return DONE

    when_cancelled = "Cancelled; the library has not changed."
    return run(work, when_cancelled=when_cancelled)


def _list(options: argparse.Namespace, cancel: CancelToken) -> None:
    found = read_models()
    if options.json:
        print(json.dumps([describe_card(card) for card in found.cards], ensure_ascii=False))
        return
    for card in found.cards:
        about = ", ".join(filter(None, (card.family, size_text(card.size) if card.size else "")))
        print(f"{card.name}{f' ({about})' if about else ''}: {card.path}")
    for damaged in found.damaged:
        print_line(damaged.report)


def _info(options: argparse.Namespace, cancel: CancelToken) -> None:
    card = _find(options.name)
    if card.path.parent == library().folder:
        with _bar("B") as show:
            card = library().complete(card, on_progress=show, cancel=cancel)
    if options.json:
        print(json.dumps(describe_card(card), ensure_ascii=False))
        return
    for name, value in describe_card(card).items():
        if value not in ("", 0, [], {}, None):
            print(f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")


def _add(options: argparse.Namespace, cancel: CancelToken) -> None:
    if is_pack(options.path):
        _add_edit_pack(options.path, cancel)
        return
    with _bar("B") as show:
        card = library().add(options.path, copy=not options.move, on_progress=show, cancel=cancel)
    print_line(f"Added {card.name} ({size_text(card.size)}) as {card.path}.")


def _add_edit_pack(path: Path, cancel: CancelToken) -> None:
    from engine.edit_packs.pack_installation import install_pack

    with _bar("B") as show:
        installed = install_pack(path, library(), read_models().cards, on_progress=show, cancel=cancel)
    card, example = installed.card, next(iter(installed.pack.instructions), "")
    state = "was there already" if installed.was_there else f"was added ({size_text(card.size)})"
    edits = f", and edits with “{example}”" if example else ""
    print_line(f"{card.name} {state} as {card.path}{edits}.")


def _merge(options: argparse.Namespace, cancel: CancelToken) -> None:
    """Install `editor + (custom - base)`, known from other programs as "add difference"."""
    from engine.models.merging import add_difference
    from engine.tensors.tensor_files import open_tensors, unwrapped

    if Path(options.name).name != options.name:
        raise InvalidRequest(
            "request.model-name-invalid",
            "“{name}” cannot be the name of a model.",
            "Choose a name without slashes.",
            name=options.name,
        )
    models = library()
    models.folder.mkdir(parents=True, exist_ok=True)
    editor, custom, base = (
        unwrapped(open_tensors(path)) for path in (options.editor, options.custom, options.base)
    )
    with TemporaryDirectory(dir=models.folder.parent) as stage, _bar(" tensors") as show:
        target = Path(stage) / f"{options.name}.safetensors"
        warning = add_difference(
            editor,
            custom,
            base,
            target,
            multiplier=options.multiplier,
            on_progress=lambda progress: show(progress.done, progress.total),
            cancel=cancel,
        )
        card = models.add(target, copy=False, cancel=cancel)
    if warning is not None:
        print_line(warning)
    print_line(f"Merged into {card.name} ({size_text(card.size)}) as {card.path}.")


def _rename(options: argparse.Namespace, cancel: CancelToken) -> None:
    card = _find(options.name)
    renamed = library().describe(card, name=options.new_name, taken=_names_outside_library())
    print_line(f"{card.name} is called {renamed.name} now.")


def _describe(options: argparse.Namespace, cancel: CancelToken) -> None:
    card = _find(options.name)
    preview = b"" if options.no_preview else None
    if options.preview is not None:
        preview = preview_jpeg(open_photo(options.preview))
    if options.note is None and preview is None:
        raise InvalidRequest(
            "request.no-description",
            "There is nothing to change on {name}.",
            "Give a note or a preview.",
            name=card.name,
        )
    described = library().describe(card, description=options.note, preview=preview)
    print_line(f"{described.name} is described.")


def _names_outside_library() -> set[str]:
    """The names of models that are not in the library: that of the starter."""
    folder = library().folder
    return {card.name for card in read_models().cards if card.path.parent != folder}


def _remove(options: argparse.Namespace, cancel: CancelToken) -> None:
    card = _find(options.name)
    remains = library().remove(card)
    stay = f" Files that are not the model's stay in {remains}." if remains else ""
    print_line(f"Removed {card.name}.{stay}")


def _download(options: argparse.Namespace, cancel: CancelToken) -> None:
    entry = find_entry(_entries(), options.id)
    if entry.note:
        print_line(f"{entry.name}: {entry.note}")
    with _bar("B") as show:
        card = download_model(
            entry,
            library(),
            token=options.token,
            on_progress=lambda progress: show(progress.received, progress.total),
            cancel=cancel,
        )
    print_line(f"{card.name} is installed as {card.path}.")


def _move(options: argparse.Namespace, cancel: CancelToken) -> None:
    old = library().folder
    with _bar("B") as show:
        library().move_to(
            options.folder, remember=paths.remember_models_folder, on_progress=show, cancel=cancel
        )
    print_line(f"Models are kept in {paths.models_folder()} now.")
    if left := models_left_report(old):
        print_line(left)


def _catalogue(options: argparse.Namespace, cancel: CancelToken) -> None:
    entries = _entries()
    cached = cached_models(entries, cached_repositories())
    if options.json:
        described = [{**asdict(entry), "is_cached": entry.id in cached} for entry in entries]
        print(json.dumps(described, ensure_ascii=False))
        return
    for entry in entries:
        location = ", in the hub's cache on this computer" if entry.id in cached else ""
        about = f"{entry.name}, {size_text(entry.size)}, {_terms(entry)}{location}"
        print(f"{entry.id}: {about}. {entry.description}".rstrip())


def _entries() -> tuple[CatalogueEntry, ...]:
    """The entries of the catalogue, and the editing models in the cache of the hub's client."""
    listed = read_catalogue()
    return (*listed, *cached_editors(listed, cached_repositories()))


def _terms(entry: CatalogueEntry) -> str:
    commerce = "" if entry.allows_commercial_use else ", not for commercial use"
    access = ", needs an access token" if entry.is_gated else ""
    return f"licence {entry.licence or 'not known'}{commerce}{access}"


def _find(name: str) -> ModelCard:
    """An installed model, or the starter, by its name or that of its folder or file."""
    cards = read_models().cards
    for card in cards:
        if name in (card.name, card.path.name):
            return card
    known = ", ".join(f"“{card.name}”" for card in cards)
    raise ModelNotUsable(
        "model.unknown-name",
        "There is no model called “{name}”.",
        "Choose one of {known}.",
        name=name,
        known=known,
    )


def describe_card(card: ModelCard) -> dict[str, Any]:
    """A model card as `--json` prints it."""
    values = {**asdict(card), "path": str(card.path), "useful_ranges": card.useful_ranges.to_json()}
    del values["recommended"]["seed"], values["files"]
    return values


@contextmanager
def _bar(unit: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar with speed and remaining time, created at the first call of the yielded function."""
    bars: list[tqdm[Any]] = []

    def show(done: int, total: int) -> None:
        if not bars:
            delay = 0 if sys.stderr.isatty() else BEFORE_FIRST_STEP
            bars.append(tqdm(total=total, initial=done, unit=unit, unit_scale=True, leave=False, delay=delay))
        bars[0].total = total or None
        bars[0].update(done - bars[0].n)

    try:
        yield show
    finally:
        for bar in bars:
            bar.close()
