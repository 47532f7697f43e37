"""Fifty sessions at once on the start page: all are served, each in its language, and memory stays flat."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from reports.catalogue import say

if TYPE_CHECKING:
    from tests.browser.conftest import Workbench

SESSIONS = 50
MOST_MB = 300.0


async def session(url: str, query: str) -> bytes:
    """What one session is told until its script has finished, as a browser asks for it."""
    import websockets
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    told: list[bytes] = []
    where = f"{url.replace('http', 'ws')}/_stcore/stream"
    async with websockets.connect(where, subprotocols=["streamlit"], max_size=None) as wire:  # type: ignore[list-item]
        ask = BackMsg()
        ask.rerun_script.query_string = query
        await wire.send(ask.SerializeToString())
        async for raw in wire:
            told.append(raw if isinstance(raw, bytes) else raw.encode())
            message = ForwardMsg()
            message.ParseFromString(told[-1])
            if message.WhichOneof("type") == "script_finished":
                return b"".join(told)
    raise AssertionError("the session ended before its script")


def resident_mb(pid: int) -> float:
    """Memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(float(line.split()[1]) / 1024.0 for line in lines if line.startswith("VmRSS"))


def test_fifty_sessions_are_served_side_by_side(workbench: Workbench) -> None:
    """Every session gets the page in its own language and no word of the other; under 300 MB above one."""

    async def all_of_them(number: int) -> list[bytes]:
        langs = ("en", "zh")
        queries = [f"lang={langs[k % 2]}&scenario=chenxi_live" for k in range(number)]
        return list(await asyncio.gather(*(session(workbench.url, query) for query in queries)))

    def at_once(number: int) -> list[bytes]:
        """In a thread of its own: the browser of other tests has its loop in this one."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: asyncio.run(all_of_them(number))).result()

    at_once(1)
    one = resident_mb(workbench.process.pid)
    told = at_once(SESSIONS)
    assert len(told) == SESSIONS
    titles = {lang: say("app.replay", lang).encode() for lang in ("en", "zh")}
    for k, text in enumerate(told):
        mine, other = ("en", "zh") if k % 2 == 0 else ("zh", "en")
        assert titles[mine] in text
        assert titles[other] not in text
    assert resident_mb(workbench.process.pid) - one < MOST_MB
