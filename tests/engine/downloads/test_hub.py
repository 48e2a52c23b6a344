"""Files looked up on the hub through its own client, and the sentences for its refusals."""

from __future__ import annotations

import hashlib
import os
import random
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from fakes.http_faults import Answer, FaultyServer

from engine.downloads import RetryPolicy
from engine.downloads.hub import Hub, HubFile
from engine.errors import DownloadFailed
from engine.progress import Cancelled, CancelToken

ROOT = Path(__file__).resolve().parents[3]
COMMIT = "c" * 40
WEIGHTS = random.Random(1).randbytes(50_000)
SHA256 = hashlib.sha256(WEIGHTS).hexdigest()
FILE = ("owner/snow", "unet/a snow.safetensors")
PLACE = "unet/a%20snow.safetensors"
PATH = f"/owner/snow/resolve/main/{PLACE}"
HASTY = RetryPolicy(stall=60.0, tries=3, first_pause=0.01, max_pause=2.0)


@pytest.fixture
def hub(server: FaultyServer) -> FaultyServer:
    server.commit = COMMIT
    server.files[PATH] = WEIGHTS
    return server


def look_up(hub: FaultyServer, *, token: str | None = None, retries: RetryPolicy = HASTY) -> HubFile:
    return Hub(hub.address, token, retries).look_up(*FILE, "main", CancelToken())


def refusal(hub: FaultyServer, *answers: Answer, token: str | None = None) -> str:
    hub.answers[PATH].extend(answers)
    with pytest.raises(DownloadFailed) as failed:
        look_up(hub, token=token)
    return str(failed.value)


def test_a_file_is_told_with_its_version_size_and_checksum(hub: FaultyServer) -> None:
    address = f"{hub.address}/owner/snow/resolve/{COMMIT}/{PLACE}"
    assert look_up(hub) == HubFile(address, COMMIT, SHA256, 50_000)


def test_a_small_file_has_no_sha256(hub: FaultyServer) -> None:
    hub.files[PATH] = b"{}"
    found = look_up(hub)
    assert (found.sha256, found.size) == ("", 2)


def test_a_branch_is_written_into_the_address(hub: FaultyServer) -> None:
    hub.files["/owner/snow/resolve/refs%2Fpr%2F2/a.bin"] = WEIGHTS
    found = Hub(f"{hub.address}/", None, HASTY).look_up("owner/snow", "a.bin", "refs/pr/2", CancelToken())
    assert found.commit == COMMIT


def test_a_large_file_kept_elsewhere_is_known_without_going_there(hub: FaultyServer) -> None:
    elsewhere = {"Location": "http://storage.invalid/abc", "X-Linked-Etag": f'"{SHA256}"'}
    headers = {**elsewhere, "X-Linked-Size": "7700000000", "X-Repo-Commit": COMMIT}
    hub.answers[PATH].append(Answer(status=302, headers=headers))
    found = look_up(hub, token="secret")
    assert (found.commit, found.sha256, found.size) == (COMMIT, SHA256, 7_700_000_000)
    assert [head.headers["Authorization"] for head in hub.heads] == ["Bearer secret"]


def test_the_token_of_the_client_is_used(hub: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    look_up(hub)
    monkeypatch.setenv("HF_TOKEN", "hf_stored")
    look_up(hub)
    look_up(hub, token="hf_given")
    sent = [head.headers["Authorization"] for head in hub.heads]
    assert sent == [None, "Bearer hf_stored", "Bearer hf_given"]


GATED = Answer(status=403, headers={"X-Error-Code": "GatedRepo"})
REFUSALS = {
    "gone": (Answer(status=404), "a snow.safetensors cannot be downloaded: it is not there (HTTP 404)."),
    "no entry": (
        Answer(status=404, headers={"X-Error-Code": "EntryNotFound"}),
        "it is not there (HTTP 404)",
    ),
    "no version": (Answer(status=404, headers={"X-Error-Code": "RevisionNotFound"}), "it is not there"),
    "unknown or private": (Answer(status=401), "Enter an access token, or accept the licence"),
    "forbidden": (Answer(status=403), "Enter an access token, or accept the licence"),
    "bad token": (
        Answer(status=401, headers={"X-Error-Message": "Invalid credentials in Authorization header"}),
        "The hub does not accept the access token.",
    ),
    "disabled": (
        Answer(status=403, headers={"X-Error-Message": "Access to this resource is disabled."}),
        "the hub has switched its repository off",
    ),
    "strange": (Answer(status=418), "its server refuses (HTTP 418)"),
}


@pytest.mark.parametrize(("answer", "sentence"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_is_said_at_once(hub: FaultyServer, answer: Answer, sentence: str) -> None:
    assert sentence in refusal(hub, answer)
    assert len(hub.heads) == 1


def test_a_gated_model_says_where_its_licence_is_accepted(hub: FaultyServer) -> None:
    page = f"{hub.address}/owner/snow"
    sentence = "owner/snow is only available to those who accept its licence."
    assert refusal(hub, GATED) == f"{sentence} Accept it on {page} and enter an access token."
    with_token = refusal(hub, GATED, token="hf_mine")
    assert with_token == f"{sentence} Accept it on {page} with the account of your access token."


def test_a_busy_hub_is_asked_again(hub: FaultyServer) -> None:
    hub.answers[PATH].extend([Answer(status=503), Answer(status=429, headers={"Retry-After": "0"})])
    assert look_up(hub).commit == COMMIT
    assert len(hub.heads) == 3


def test_a_hub_that_stays_busy_is_given_up(hub: FaultyServer) -> None:
    assert "its server is busy or broken (HTTP 503)" in refusal(hub, *[Answer(status=503)] * 3)


def test_a_long_pause_is_said_and_not_waited_for(hub: FaultyServer) -> None:
    sentence = refusal(hub, Answer(status=429, headers={"Retry-After": "600"}))
    assert sentence.startswith("127.0.0.1 asks to wait 10 minutes before a snow.safetensors is downl")


def test_being_offline_is_one_sentence(hub: FaultyServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(DownloadFailed, match=r"There is no connection to 127\.0\.0\.1\."):
        Hub(f"http://127.0.0.1:{port}", None, HASTY).look_up(*FILE, "main", CancelToken())


def test_what_is_no_web_address_is_refused(hub: FaultyServer) -> None:
    with pytest.raises(DownloadFailed, match="is not a web address"):
        Hub("ftp://host", None, HASTY).look_up(*FILE, "main", CancelToken())


def test_cancelling_does_not_wait_for_a_silent_hub(hub: FaultyServer) -> None:
    cancel, ended = CancelToken(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        asked = Hub(f"http://127.0.0.1:{silent.getsockname()[1]}", None, RetryPolicy(stall=60.0))

        def run() -> None:
            with pytest.raises(Cancelled):
                asked.look_up(*FILE, "main", cancel)
            ended.set()

        thread = threading.Thread(target=run)
        thread.start()
        connection, _ = silent.accept()
        cancel.cancel()
        assert ended.wait(10)  # far below the minute that a stalled connection is waited for
        thread.join()
        connection.close()


def test_a_person_who_wants_no_network_gets_none(hub: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(DownloadFailed, match="HF_HUB_OFFLINE is set"):
        look_up(hub)
    assert hub.heads == []


def test_the_libraries_stay_off_the_network(hub: FaultyServer) -> None:
    from huggingface_hub import get_hf_file_metadata
    from huggingface_hub.errors import OfflineModeIsEnabled

    look_up(hub)
    with pytest.raises(OfflineModeIsEnabled):
        get_hf_file_metadata(hub.url(PATH))
    assert len(hub.heads) == 1


MIRROR = """
import sys
from engine.downloads import RetryPolicy
from engine.downloads.hub import Hub
from engine.progress import CancelToken
hub = Hub(None, None, RetryPolicy())
print(hub.look_up("owner/snow", "unet/a snow.safetensors", "main", CancelToken()).url)
print(hub.page("owner/snow"))
"""


def test_a_mirror_and_its_token_are_taken_from_the_environment(hub: FaultyServer) -> None:
    surroundings = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "HF_ENDPOINT": hub.address,
        "HF_TOKEN": "hf_mirror",
        "NO_PROXY": "127.0.0.1",
    }
    done = subprocess.run(
        [sys.executable, "-c", MIRROR], env=surroundings, capture_output=True, encoding="utf-8", check=False
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        f"{hub.address}/owner/snow/resolve/{COMMIT}/{PLACE}",
        f"{hub.address}/owner/snow",
    ]
    assert [head.headers["Authorization"] for head in hub.heads] == ["Bearer hf_mirror"]
