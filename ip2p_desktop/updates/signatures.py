"""Verifies signatures of minisign: Ed25519 over the BLAKE2b of a file, and a signed comment."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

KEY_ALGORITHM, SIGNATURE_ALGORITHM = b"Ed", b"ED"
"""Of keys, and of signatures of a hash; those of a whole file, as old versions made them, are refused."""
ID_BYTES, KEY_BYTES, SIGNATURE_BYTES = 8, 32, 64
UNTRUSTED, TRUSTED = "untrusted comment:", "trusted comment: "


class SignatureInvalid(ValueError):
    """The signature does not belong to the file or to the key, or is damaged."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies signatures."""

    identifier: bytes
    key: bytes

    @classmethod
    def from_text(cls, text: str) -> PublicKey:
        """The key in base64, without its comment. Raises `ValueError`."""
        content = base64.b64decode(text.strip(), validate=True)
        if len(content) != len(KEY_ALGORITHM) + ID_BYTES + KEY_BYTES or content[:2] != KEY_ALGORITHM:
            raise ValueError("it is not a public key of minisign")
        return cls(content[2 : 2 + ID_BYTES], content[2 + ID_BYTES :])

    def to_text(self) -> str:
        """The inverse of `from_text`."""
        return base64.b64encode(KEY_ALGORITHM + self.identifier + self.key).decode()

    def verify(self, content: bytes, signature: bytes) -> None:
        """Check that `signature`, the bytes of a `.minisig` file, was made of `content` with this key.

        Raises `SignatureInvalid`.
        """
        identifier, of_content, comment, of_comment = _parts(signature)
        if identifier != self.identifier:
            raise SignatureInvalid("it was made with another key")
        self._check(hashlib.blake2b(content).digest(), of_content)
        self._check(of_content + comment, of_comment)

    def _check(self, message: bytes, signature: bytes) -> None:
        from nacl.exceptions import (
            BadSignatureError,
        )  # imported only when needed, as the window starts without
        from nacl.signing import VerifyKey

        try:
            VerifyKey(self.key).verify(message, signature)
        except BadSignatureError:
            raise SignatureInvalid("it does not fit the file") from None


def signature_text(identifier: bytes, of_content: bytes, comment: str, of_comment: bytes) -> str:
    """The text of a `.minisig` file."""
    first = base64.b64encode(SIGNATURE_ALGORITHM + identifier + of_content).decode()
    second = base64.b64encode(of_comment).decode()
    return f"{UNTRUSTED} signature of an update manifest\n{first}\n{TRUSTED}{comment}\n{second}\n"


def _parts(signature: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Identifier of the key, signature, trusted comment and its signature. Raises `SignatureInvalid`."""
    try:
        lines = signature.decode("utf-8").splitlines()
        untrusted, first, trusted, second = lines[:4]
        head, of_comment = _decoded(first), _decoded(second)
    except ValueError:  # also those of base64 and of lines that are missing
        raise SignatureInvalid("it is not a signature of minisign") from None
    size = len(SIGNATURE_ALGORITHM) + ID_BYTES + SIGNATURE_BYTES
    if not untrusted.startswith(UNTRUSTED) or not trusted.startswith(TRUSTED) or len(head) != size:
        raise SignatureInvalid("it is not a signature of minisign")
    if head[:2] != SIGNATURE_ALGORITHM or len(of_comment) != SIGNATURE_BYTES:
        raise SignatureInvalid("it is not a signature of a hash")
    return head[2 : 2 + ID_BYTES], head[2 + ID_BYTES :], trusted[len(TRUSTED) :].encode(), of_comment


def _decoded(line: str) -> bytes:
    """Base64 as it is written, without bits that mean nothing. Raises `ValueError`."""
    content = base64.b64decode(line, validate=True)
    if base64.b64encode(content).decode() != line:
        raise ValueError("it is not base64 as it is written")
    return content
