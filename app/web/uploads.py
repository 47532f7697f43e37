"""Uploaded scenarios, each named by what it says: a link and long work find them again on this server."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from sim.array_store import cache_folder

NAME = "uploaded"
MOST_BYTES = 2_000_000
KEPT = 200
_DIGEST = re.compile(r"[0-9a-f]{32}")


def kept(text: str) -> str:
    """Keep a file's text; its digest. The oldest beyond `KEPT` go."""
    raw = text.encode()
    digest = hashlib.sha256(raw).hexdigest()[:32]
    path = file(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(raw)
    part.replace(path)
    known = sorted(path.parent.parent.glob(f"*/{NAME}.yaml"), key=lambda one: one.stat().st_mtime_ns)
    for old in known[:-KEPT]:
        shutil.rmtree(old.parent, ignore_errors=True)
    return digest


def file(digest: str) -> Path:
    """Where it lies: in a folder of its own, so that it can name no file of ours."""
    return cache_folder() / "uploads" / digest / f"{NAME}.yaml"


def there(digest: str) -> bool:
    """Whether that text is a digest and its file is still kept."""
    return bool(_DIGEST.fullmatch(digest)) and file(digest).exists()
