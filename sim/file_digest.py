"""What a file holds, as a digest: two files of the same bytes are the same input."""

from __future__ import annotations

import hashlib
from pathlib import Path


def file_digest(path: str | Path | None) -> str:
    """Hex digest of the file's bytes; empty without a file; `unreadable` where reading it will say why."""
    if path is None:
        return ""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except (OSError, ValueError):
        return "unreadable"
