"""Downloads from a server that misbehaves: a checked file, or one sentence and a part to go on from."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.downloading import (
    CONTENT,
    HASTY,
    OTHER,
    PATIENT,
    SHA256,
    STALL_AVERSE,
    answer,
    failure,
    names_beside,
    part_of,
)
from fakes.http_faults import Answer, FaultyServer

from engine.downloads import DownloadProgress, download
from engine.errors import OutputNotWritable


def test_a_file_arrives_whole_and_leaves_nothing_beside_it(url: str, target: Path) -> None:
    reports: list[DownloadProgress] = []
    assert download(url, target, sha256=SHA256, size=300_000, on_progress=reports.append) == target
    assert target.read_bytes() == CONTENT
    assert names_beside(target) == ["model.bin"]
    assert (reports[-1].received, reports[-1].total) == (300_000, 300_000)
    assert all(report.bytes_per_second >= 0 for report in reports)


def test_a_file_that_is_there_is_not_fetched_again(url: str, target: Path, server: FaultyServer) -> None:
    target.write_bytes(b"mine")
    download(url, target)
    assert target.read_bytes() == b"mine"
    assert server.requests == []


def test_a_cut_connection_is_taken_up_where_it_broke(url: str, target: Path, server: FaultyServer) -> None:
    answer(server, Answer(cut_after=100_000), Answer(cut_after=50_000))
    download(url, target, sha256=SHA256, retries=HASTY)
    assert target.read_bytes() == CONTENT
    assert server.ranges("/model.bin") == [None, "bytes=100000-", "bytes=150000-"]
    assert [request.headers.get("If-Range") for request in server.requests] == [None, '"first"', '"first"']


def test_what_is_known_of_the_version_is_kept_when_a_server_stops_telling(
    url: str, target: Path, server: FaultyServer
) -> None:
    answer(server, Answer(cut_after=100_000), Answer(cut_after=50_000, etag="", ignores_if_range=True))
    download(url, target, retries=HASTY)
    assert target.read_bytes() == CONTENT
    assert [request.headers.get("If-Range") for request in server.requests] == [None, '"first"', '"first"']


def test_a_page_that_is_not_the_file_does_not_cost_the_part(
    url: str, target: Path, server: FaultyServer
) -> None:
    answer(server, Answer(cut_after=100_000), Answer(content=b"Please sign in.", etag=""))
    assert "is not the expected file" in failure(url, target, size=300_000)
    assert part_of(target).read_bytes() == CONTENT[:100_000]
    download(url, target, size=300_000)
    assert server.ranges("/model.bin")[-1] == "bytes=100000-"


def test_a_connection_that_keeps_breaking_is_borne_as_long_as_something_arrives(
    url: str, target: Path, server: FaultyServer
) -> None:
    answer(server, *[Answer(cut_after=40_000)] * 7)
    download(url, target, retries=HASTY)
    assert target.read_bytes() == CONTENT
    assert len(server.requests) == 8 > HASTY.tries


def test_when_nothing_more_arrives_the_part_is_kept_for_the_next_call(
    url: str, target: Path, server: FaultyServer
) -> None:
    answer(server, Answer(cut_after=100_000), *[Answer(cut_after=0)] * 2)
    assert failure(url, target) == (
        "model.bin could not be downloaded: the connection breaks off. "
        "Try again later; the 100 kB that have been downloaded are kept."
    )
    assert part_of(target).read_bytes() == CONTENT[:100_000]
    download(url, target, sha256=SHA256)
    assert target.read_bytes() == CONTENT
    assert server.ranges("/model.bin")[-1] == "bytes=100000-"
    assert names_beside(target) == ["model.bin"]


def test_a_stall_is_given_up_and_taken_up(url: str, target: Path, server: FaultyServer) -> None:
    answer(server, Answer(stall_after=120_000))
    download(url, target, sha256=SHA256, retries=STALL_AVERSE)
    assert server.ranges("/model.bin") == [None, "bytes=120000-"]
    assert target.read_bytes() == CONTENT


def test_a_server_that_never_answers_is_given_up(url: str, target: Path, server: FaultyServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/model.bin"
        sentence = failure(address, target, retries=replace(STALL_AVERSE, stall=0.4))
    assert sentence.startswith("model.bin could not be downloaded: the connection breaks off.")


REFUSALS = {
    401: "Enter an access token, or accept the licence on its page first.",
    403: "Enter an access token, or accept the licence on its page first.",
    404: "model.bin cannot be downloaded: it is not there (HTTP 404).",
    410: "model.bin cannot be downloaded: it is not there (HTTP 410).",
    418: "model.bin cannot be downloaded: its server refuses (HTTP 418).",
}


@pytest.mark.parametrize(("status", "sentence"), REFUSALS.items())
def test_a_refusal_is_said_at_once(
    url: str, target: Path, server: FaultyServer, status: int, sentence: str
) -> None:
    answer(server, Answer(status=status))
    assert sentence in failure(url, target)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(url: str, target: Path, server: FaultyServer, status: int) -> None:
    answer(server, *[Answer(status=status)] * 2)
    download(url, target, sha256=SHA256, retries=HASTY)
    assert len(server.requests) == 3


def test_a_server_that_stays_broken_is_named(url: str, target: Path, server: FaultyServer) -> None:
    answer(server, *[Answer(status=503)] * 3)
    assert "its server is busy or broken (HTTP 503)" in failure(url, target)


def test_the_pause_a_server_asks_for_is_kept(url: str, target: Path, server: FaultyServer) -> None:
    answer(server, Answer(status=429, headers={"Retry-After": "1"}))
    download(url, target, retries=HASTY)
    first, second = (request.moment for request in server.requests)
    assert second - first >= 1.0


def test_a_pause_longer_than_patience_ends_the_download(url: str, target: Path, server: FaultyServer) -> None:
    answer(server, Answer(status=429, headers={"Retry-After": "600"}))
    assert failure(url, target) == (
        "127.0.0.1 asks to wait 10 minutes before model.bin is downloaded. "
        "Try again then; what has been downloaded is kept."
    )


def test_a_server_that_ignores_ranges_sends_it_all_again(
    url: str, target: Path, server: FaultyServer
) -> None:
    answer(server, Answer(cut_after=100_000), Answer(ignores_range=True))
    download(url, target, sha256=SHA256, retries=HASTY)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("start", [0, 99_999, 100_001])
def test_bytes_that_are_not_the_next_ones_are_refused(
    url: str, target: Path, server: FaultyServer, start: int
) -> None:
    answer(server, Answer(cut_after=100_000), Answer(starts_at=start))
    download(url, target, retries=HASTY)
    assert target.read_bytes() == CONTENT
    assert server.ranges("/model.bin") == [None, "bytes=100000-", None]


@pytest.mark.parametrize("ignores_condition", [False, True])
def test_a_file_that_changes_between_two_tries_is_begun_anew(
    url: str, target: Path, server: FaultyServer, ignores_condition: bool
) -> None:
    changed = Answer(content=OTHER, etag='"second"', ignores_if_range=ignores_condition)
    answer(server, Answer(cut_after=100_000), changed, changed)
    download(url, target, retries=HASTY)
    assert target.read_bytes() == OTHER


def test_without_anything_to_know_the_version_by_it_is_begun_anew(
    url: str, target: Path, server: FaultyServer
) -> None:
    answer(server, Answer(cut_after=100_000, etag=""), Answer(content=OTHER, etag='W/"weak"'))
    download(url, target, retries=HASTY)
    assert server.ranges("/model.bin") == [None, None]
    assert target.read_bytes() == OTHER


def test_a_part_of_another_address_is_not_mixed_in(url: str, target: Path, server: FaultyServer) -> None:
    server.files["/other.bin"] = OTHER
    server.answers["/other.bin"].extend([Answer(cut_after=50_000), *[Answer(cut_after=0)] * 2])
    failure(server.url("/other.bin"), target)
    download(url, target, retries=HASTY)
    assert target.read_bytes() == CONTENT
    assert server.ranges("/model.bin") == [None]


def test_a_part_longer_than_the_file_is_begun_anew(url: str, target: Path, server: FaultyServer) -> None:
    answer(server, Answer(cut_after=100_000), *[Answer(cut_after=0)] * 2)
    failure(url, target)
    with part_of(target).open("ab") as part:
        part.write(OTHER)
    download(url, target, retries=HASTY)
    assert server.ranges("/model.bin")[-2:] == ["bytes=410000-", None]
    assert target.read_bytes() == CONTENT


def test_a_server_that_claims_too_much_leaves_a_part_and_a_sentence(
    url: str, target: Path, server: FaultyServer
) -> None:
    answer(server, *[Answer(claims=400_000, ignores_range=True)] * 3)
    assert "the connection breaks off. Try again later; the 300 kB that have been downloaded" in failure(url, target)
    assert part_of(target).read_bytes() == CONTENT


def test_a_server_that_claims_too_little_is_found_out_by_the_checksum(
    url: str, target: Path, server: FaultyServer
) -> None:
    answer(server, Answer(claims=200_000))
    assert failure(url, target, sha256=SHA256) == (
        "model.bin was damaged during the download and was discarded. Download it again from the start."
    )
    assert names_beside(target) == []


def test_a_file_of_another_length_than_expected_is_refused(
    url: str, target: Path, server: FaultyServer
) -> None:
    answer(server, Answer(claims=200_000))
    assert "it has 200000 bytes instead of 300000" in failure(url, target, size=300_000)


@pytest.mark.parametrize("told_by", ["caller", "server"])
def test_damaged_bytes_are_thrown_away(url: str, target: Path, server: FaultyServer, told_by: str) -> None:
    damaged = CONTENT[:200_000] + b"\x00" + CONTENT[200_001:]
    linked = {"X-Linked-Etag": f'"{SHA256}"'} if told_by == "server" else {}
    answer(server, Answer(content=damaged, headers=linked))
    known = SHA256 if told_by == "caller" else None
    assert failure(url, target, sha256=known).startswith(
        "model.bin was damaged during the download and was discarded."
    )
    assert names_beside(target) == []
    download(url, target, sha256=known)
    assert target.read_bytes() == CONTENT


def test_damage_in_what_an_earlier_call_left_is_found(url: str, target: Path, server: FaultyServer) -> None:
    answer(server, Answer(cut_after=100_000), *[Answer(cut_after=0)] * 2)
    failure(url, target)
    part_of(target).write_bytes(OTHER[:100_000])
    assert "was damaged during the download" in failure(url, target, sha256=SHA256)
    assert names_beside(target) == []


def test_a_packed_answer_is_refused(url: str, target: Path, server: FaultyServer) -> None:
    answer(server, Answer(headers={"Content-Encoding": "gzip"}))
    assert "packed in a way that was not asked for" in failure(url, target)


def test_a_file_without_an_end_needs_a_checksum(url: str, target: Path, server: FaultyServer) -> None:
    answer(server, Answer(says_length=False), Answer(says_length=False))
    assert "its server does not say where it ends" in failure(url, target)
    download(url, target, sha256=SHA256)
    assert target.read_bytes() == CONTENT


def test_a_token_is_not_sent_to_another_host(url: str, target: Path, server: FaultyServer) -> None:
    elsewhere = FaultyServer()
    elsewhere.files["/stored"] = CONTENT
    linked = {"Location": elsewhere.url("/stored"), "X-Linked-Etag": f'"{SHA256}"'}
    answer(server, Answer(status=302, headers=linked))
    try:
        download(url, target, token="secret")
    finally:
        elsewhere.stop()
    assert target.read_bytes() == CONTENT
    assert [request.headers.get("Authorization") for request in server.requests] == ["Bearer secret"]
    assert [request.headers.get("Authorization") for request in elsewhere.requests] == [None]


def test_a_token_stays_with_its_own_host(url: str, target: Path, server: FaultyServer) -> None:
    server.files["/moved"] = CONTENT
    answer(server, Answer(status=307, headers={"Location": "/moved"}))
    download(url, target, token="secret")
    assert [request.headers.get("Authorization") for request in server.requests] == ["Bearer secret"] * 2


def test_the_checksum_of_a_redirect_counts(url: str, target: Path, server: FaultyServer) -> None:
    server.files["/stored"] = OTHER
    linked = {"Location": "/stored", "X-Linked-Etag": f'"{SHA256}"'}
    answer(server, Answer(status=302, headers=linked))
    assert "was damaged during the download" in failure(url, target)


def test_being_sent_in_circles_ends(url: str, target: Path, server: FaultyServer) -> None:
    answer(server, *[Answer(status=302, headers={"Location": "/model.bin"})] * 100)
    assert "its server sends it round in circles" in failure(url, target)


def test_being_offline_is_one_sentence(target: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    sentence = failure(f"http://127.0.0.1:{port}/model.bin", target, retries=PATIENT)
    assert sentence == "There is no connection to 127.0.0.1. Check the network and try again."


@pytest.mark.parametrize("address", ["ftp://host/model.bin", "model.bin", "http://"])
def test_what_is_no_web_address_is_refused(target: Path, address: str) -> None:
    assert "it is not a web address" in failure(address, target)


def test_too_little_room_is_said_before_anything_is_fetched(
    url: str, target: Path, server: FaultyServer
) -> None:
    answer(server, Answer(claims=10**17))
    with pytest.raises(
        OutputNotWritable, match=r"There is not enough disk space in .*: 100000\.0 TB are needed"
    ):
        download(url, target)
    assert part_of(target).stat().st_size == 0
