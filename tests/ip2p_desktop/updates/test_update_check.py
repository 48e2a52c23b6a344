"""A check against a real server: what it finds, what it refuses, and what it sends."""

from __future__ import annotations

import json
import threading

import pytest
from fakes.http_faults import Answer, FaultyServer
from fakes.published_updates import PAGE, PATH, SIGNING, PublishedUpdates, manifest_values
from packaging.version import Version

from engine.progress import Cancelled, CancelToken
from ip2p_desktop.updates.signatures import SignatureInvalid
from ip2p_desktop.updates.update_check import (
    MAX_BYTES,
    CheckPatience,
    FoundVersion,
    UpdateCheckFailed,
    check_for_update,
)
from ip2p_desktop.updates.update_manifest import MAX_NOTES, UpdateManifest
from ip2p_desktop.updates.update_source import UpdateSource, may_be_asked

OWN = Version("0.1.0")
SIGNATURE = f"{PATH}.minisig"


@pytest.fixture
def published(server: FaultyServer) -> PublishedUpdates:
    published = PublishedUpdates(server)
    published.publish("0.2.0")
    return published


def check(published: PublishedUpdates, patience: CheckPatience | None = None) -> FoundVersion:
    return check_for_update(published.source, OWN, CancelToken(), patience)


def failure(published: PublishedUpdates, patience: CheckPatience | None = None) -> UpdateCheckFailed:
    with pytest.raises(UpdateCheckFailed) as raised:
        check(published, patience)
    return raised.value


@pytest.mark.parametrize(
    ("version", "is_newer", "is_older"),
    [
        ("0.2.0", True, False),
        ("0.10", True, False),
        ("0.1.0", False, False),
        ("0.1", False, False),
        ("0.1.0rc1", False, True),
        ("0.0.9", False, True),
    ],
)
def test_versions_are_compared(version: str, is_newer: bool, is_older: bool) -> None:
    manifest = UpdateManifest.from_json(json.dumps(manifest_values(version)).encode())
    found = FoundVersion(manifest, OWN)
    assert (found.is_newer, found.is_older) == (is_newer, is_older)


def test_what_is_published_is_read(published: PublishedUpdates) -> None:
    manifest = check(published).manifest
    assert (str(manifest.version), manifest.published.isoformat()) == ("0.2.0", "2026-11-30")
    assert manifest.notes == "Faster edits.\n<b>Not bold</b>"
    assert manifest.download is not None
    assert (manifest.download.url, dict(manifest.download.sha256)) == (PAGE, {"ip2p-desktop.deb": "a1" * 32})


def test_nothing_is_sent_but_two_plain_requests(
    published: PublishedUpdates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    check(published)
    check(published)
    sent = [dict(request.headers) for request in published.server.requests]
    assert [request.path for request in published.server.requests] == [PATH, SIGNATURE] * 2
    assert all(headers == sent[0] for headers in sent)
    assert sent[0] == {
        "Host": f"127.0.0.1:{published.server.server_port}",
        "User-Agent": "IP2P-Desktop",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "keep-alive",
    }


def test_a_signature_of_another_key_is_refused(published: PublishedUpdates) -> None:
    content = json.dumps(manifest_values("0.2.0")).encode()
    published.publish_bytes(content, SIGNING["PrivateKey"].new())
    assert failure(published).code == "update.signature"
    same_name = SIGNING["PrivateKey"](published.key.identifier, SIGNING["PrivateKey"].new().signing)
    published.publish_bytes(content, same_name)
    assert failure(published).code == "update.signature"


def test_a_changed_manifest_is_refused_before_it_is_read(
    published: PublishedUpdates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UpdateManifest, "from_json", lambda content: pytest.fail("it was read"))
    published.server.files[PATH] = published.server.files[PATH].replace(b"0.2.0", b"0.3.0")
    assert failure(published).code == "update.signature"


def test_any_changed_byte_of_the_signature_is_noticed(published: PublishedUpdates) -> None:
    content, signature = published.server.files[PATH], published.server.files[SIGNATURE]
    key = published.source.key
    key.verify(content, signature)
    start = signature.index(b"\n") + 1  # the first line is not signed
    accepted = []
    for place in range(start, len(signature.rstrip())):
        changed = bytearray(signature)
        changed[place] ^= 4
        try:
            key.verify(content, bytes(changed))
            accepted.append(place)
        except SignatureInvalid:
            continue
    assert accepted == []


@pytest.mark.parametrize("signature", [b"", b"\xff\xfe", b"a\nb\nc\nd\n", b"a\n" * 1000])
def test_what_is_not_a_signature_is_refused(published: PublishedUpdates, signature: bytes) -> None:
    with pytest.raises(SignatureInvalid):
        published.source.key.verify(published.server.files[PATH], signature)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        json.dumps(manifest_values("0.2.0", manifest=0)).encode(),
        json.dumps(manifest_values("newest")).encode(),
        json.dumps(manifest_values("0.2.0", date="tomorrow")).encode(),
        json.dumps(manifest_values("0.2.0", downloads={"linux": {"url": PAGE, "sha256": {}}})).encode(),
        json.dumps(
            manifest_values("0.2.0", downloads={"linux": {"url": PAGE, "sha256": {"a": "b"}}})
        ).encode(),
        *(
            json.dumps(
                manifest_values("0.2.0", downloads={"linux": {"url": url, "sha256": {"a": "a1" * 32}}})
            ).encode()
            for url in ("", "file:///bin/sh", "http://ip2p.example/", "https://", "javascript:x", "https://[")
        ),
    ],
    ids=range(15),
)
def test_a_damaged_manifest_is_not_read(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (json and date have their own words)
        UpdateManifest.from_json(content)


def test_a_damaged_manifest_that_is_signed_is_an_error(published: PublishedUpdates) -> None:
    published.publish_bytes(b"[]")
    assert failure(published).code == "update.invalid"


def test_a_manifest_of_a_later_layout_is_said(published: PublishedUpdates) -> None:
    published.publish("9.0", manifest=2, downloads=7)
    assert failure(published).code == "update.newer-manifest"


def test_long_notes_are_cut_and_unknown_fields_ignored(published: PublishedUpdates) -> None:
    published.publish("0.2.0", notes="n" * (MAX_NOTES + 5), mood="good", downloads={})
    manifest = check(published).manifest
    assert (len(manifest.notes), manifest.download) == (MAX_NOTES, None)


@pytest.mark.parametrize("says_length", [True, False])
def test_a_huge_answer_is_not_read_to_its_end(published: PublishedUpdates, says_length: bool) -> None:
    huge = bytes(MAX_BYTES * 40)
    published.server.answers[PATH].append(Answer(content=huge, says_length=says_length))
    assert "too large" in failure(published).message


@pytest.mark.parametrize("stall_after", [0, 10])
def test_a_server_that_stalls_is_given_up(published: PublishedUpdates, stall_after: int) -> None:
    published.server.answers[PATH].append(Answer(stall_after=stall_after))
    assert failure(published, CheckPatience(stall=0.3)).code == "update.unreachable"


def test_an_answer_that_trickles_is_given_up(published: PublishedUpdates) -> None:
    assert "too long" in failure(published, CheckPatience(whole=0)).message


def test_without_a_server_it_is_unreachable(published: PublishedUpdates) -> None:
    published.server.stop()
    assert failure(published).code == "update.unreachable"


def test_an_answer_that_is_cut_is_an_error(published: PublishedUpdates) -> None:
    published.server.answers[PATH].append(Answer(cut_after=20))
    assert failure(published).code == "update.unreachable"


@pytest.mark.parametrize("status", [204, 401, 404, 500])
def test_a_refusal_is_an_error(published: PublishedUpdates, status: int) -> None:
    published.server.answers[SIGNATURE].append(Answer(status=status))
    assert f"HTTP {status}" in failure(published).message


def test_a_redirect_on_the_same_server_is_followed(published: PublishedUpdates) -> None:
    published.server.files["/moved"] = published.server.files[PATH]
    published.server.answers[PATH].append(Answer(status=302, headers={"Location": "/moved"}))
    assert check(published).is_newer


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://ip2p.example/x"],
)
def test_a_redirect_to_another_scheme_or_unencrypted_host_is_refused(
    published: PublishedUpdates, location: str
) -> None:
    published.server.answers[PATH].append(Answer(status=302, headers={"Location": location}))
    assert failure(published).code == "update.refused"
    assert [request.path for request in published.server.requests] == [PATH]


def test_redirects_in_circles_end(published: PublishedUpdates) -> None:
    published.server.answers[PATH].extend(Answer(status=302, headers={"Location": PATH}) for _ in range(50))
    assert failure(published).code == "update.refused"


@pytest.mark.parametrize(
    "address", ["http://ip2p.example/updates.json", "file:///etc/passwd", "", "x", "https://["]
)
def test_an_unencrypted_address_is_not_asked(published: PublishedUpdates, address: str) -> None:
    source = UpdateSource(address, published.key.public)
    with pytest.raises(UpdateCheckFailed, match="https"):
        check_for_update(source, OWN, CancelToken())
    assert published.server.requests == []


def test_which_addresses_may_be_asked() -> None:
    allowed = ["https://ip2p.example/u.json", "http://127.0.0.1:80/u", "http://[::1]/u", "http://localhost/u"]
    assert [each for each in allowed if not may_be_asked(each)] == []


def test_a_query_stays_with_the_signature(published: PublishedUpdates) -> None:
    source = UpdateSource("https://ip2p.example/a/u.json?channel=b", published.key.public)
    assert source.signature_address == "https://ip2p.example/a/u.json.minisig?channel=b"


def test_a_check_is_cancelled_while_the_server_stalls(published: PublishedUpdates) -> None:
    published.server.answers[PATH].append(Answer(stall_after=0))
    cancel = CancelToken()
    threading.Timer(0.2, cancel.cancel).start()
    with pytest.raises(Cancelled):
        check_for_update(published.source, OWN, cancel)
