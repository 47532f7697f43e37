"""What a station promises, shown on examples worked by hand, and what holds for any station."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.station import (
    CircuitBreaker,
    ConcurrencyLaw,
    DropAbandoned,
    LoadShedding,
    RetryBudget,
    ScaleOut,
    Station,
    WaitingRoom,
    serve,
)

NEVER = np.inf
FACES = pytest.mark.parametrize("engine", ["compiled", "reference"])


@FACES
@pytest.mark.parametrize(
    ("off_shift", "start", "end"),
    [
        ("finish", [6, 10, 11], [10, 11, 12]),
        ("crew", [6, 10, 11], [10, 11, 12]),
        ("resume", [6, 12, 13], [12, 13, 14]),
        ("restart", [10, 14, 15], [14, 15, 16]),
    ],
)
def test_end_of_a_shift(off_shift: Any, start: list[float], end: list[float], engine: Any) -> None:
    """A server with 2 of 4 minutes left at the end of its shift does what its rule says."""
    station = Station([(0, 1), (8, 0), (10, 1)], off_shift=off_shift)
    out = serve(station, [6, 7, 7], [4, 1, 1], engine=engine)
    assert out.start.tolist() == start
    assert out.end.tolist() == end


@FACES
def test_the_next_crew_does_not_wait(engine: Any) -> None:
    """Under `finish` the place is taken until 9; under `crew` the next shift begins at 5."""
    rules: tuple[tuple[Any, float], ...] = (("finish", 9.0), ("crew", 5.0))
    for off_shift, start in rules:
        station = Station([(0, 1), (5, 1)], off_shift=off_shift)
        assert serve(station, [0, 1], [9, 1], engine=engine).start[1] == start


@FACES
def test_the_latest_started_go_back_to_the_front(engine: Any) -> None:
    """Of three at work the two later-started must go; they stand before who was waiting, in order."""
    station = Station([(0, 3), (4, 1)], off_shift="resume")
    out = serve(station, [0, 1, 2, 3], [10, 10, 10, 10], engine=engine)
    assert out.start.tolist() == [0, 1, 2, 25]
    assert out.end.tolist() == [10, 17, 25, 35]


@FACES
def test_order_of_one_moment(engine: Any) -> None:
    """A completion comes before patience and timeout, and the arrivals of one instant join first."""
    out = serve(Station(1), [0, 0], [2, 1], patience=[9, 2], engine=engine)
    assert out.served.all()  # freed at 2, the second is picked before its patience ends at 2
    out = serve(Station(1), [0, 0], [2, 1], timeout=[2, 9], engine=engine)
    assert out.served.all()  # answered at 2, before the timeout at 2
    out = serve(Station(1, discipline="lifo"), [0, 0, 0], [1, 1, 1], engine=engine)
    assert out.start.tolist() == [2, 1, 0]  # all join, then the idle server picks the last
    out = serve(Station(1, 1), [0, 0, 0], [0, 0, 0], engine=engine)
    assert out.served.tolist() == [
        True,
        True,
        False,
    ]  # one for the idle server, one place; nobody is picked yet


@FACES
def test_priority_is_low_first_and_first_come_within(engine: Any) -> None:
    """Equal priorities are served in the order they joined."""
    out = serve(
        Station(1, discipline="priority"), [0, 1, 1, 1], [5, 1, 1, 1], priority=[0, 2, 1, 1], engine=engine
    )
    assert out.start.tolist() == [0, 7, 5, 6]


@FACES
def test_timeouts_waste_work_and_patience_does_not(engine: Any) -> None:
    """A client that stopped listening is still worked for; one that left the queue is not."""
    arrivals, services = [0, 1, 2], [10, 5, 1]
    waste = serve(Station(1), arrivals, services, timeout=[NEVER, 3, NEVER], engine=engine)
    left = serve(Station(1), arrivals, services, patience=[NEVER, 3, NEVER], engine=engine)
    dropped = serve(
        Station(1, protections=(DropAbandoned(),)),
        arrivals,
        services,
        timeout=[NEVER, 3, NEVER],
        engine=engine,
    )
    assert [out.start[2] for out in (waste, left, dropped)] == [15, 10, 10]
    assert [out.leave[1] for out in (waste, left, dropped)] == [4, 4, 4]
    assert np.isnan(waste.end[1])


@FACES
def test_a_retry_counts_from_its_failure(engine: Any) -> None:
    """Refused at 1, back at 3 and refused, back at 5 and served: three attempts, waiting from the last."""
    out = serve(Station(1, 0), [0, 1], [4, 1], retry_delay=[[1, 1], [2, 2]], engine=engine)
    assert out.attempts.tolist() == [1, 3]
    assert (out.start[1], out.wait[1], out.leave[1]) == (5, 0, 6)


@FACES
def test_the_concurrency_law_counts_itself(engine: Any) -> None:
    """The n-th at work takes 1 + α(n − 1) + βn(n − 1) times as long."""
    out = serve(Station(3, law=ConcurrencyLaw(0.5, 0.25)), [0, 0, 0], [1, 1, 1], engine=engine)
    assert out.end.tolist() == [1, 2, 3.5]


@FACES
def test_who_waits_forever_leaves_at_the_last_moment(engine: Any) -> None:
    """No server: nobody is served, and every time of leaving is finite."""
    out = serve(Station(0), [3, 1], [1, 1], engine=engine)
    assert not out.served.any()
    assert out.leave.tolist() == [3, 3]
    assert serve(Station([(0, 0), (7, 0)]), [3], [1], engine=engine).leave.tolist() == [7]


@FACES
def test_load_shedding_refuses_at_the_threshold(engine: Any) -> None:
    """With one at work and one waiting, a threshold of 1 refuses the third at once."""
    out = serve(Station(1, protections=(LoadShedding(1),)), [0, 0, 0], [5, 5, 5], engine=engine)
    assert out.served.tolist() == [True, True, False]
    assert out.leave[2] == 0


@FACES
def test_a_retry_budget_bounds_retries(engine: Any) -> None:
    """10 % of 100 first attempts and a burst of 3 allow at most 13 retries, and give the rest up."""
    n = 100
    arrivals, delays = np.arange(n) * 1.0, np.full((n, 5), 0.25)
    station = Station(0, 0, protections=(RetryBudget(10, 3),))
    out = serve(station, arrivals, np.ones(n), retry_delay=delays, engine=engine)
    assert 10 <= out.attempts.sum() - n <= 13
    assert (
        serve(Station(0, 0), arrivals, np.ones(n), retry_delay=delays, engine=engine).attempts.sum() == 6 * n
    )


@FACES
def test_a_circuit_breaker_opens_and_closes(engine: Any) -> None:
    """Two refusals of two in one tick open it for 5: the free server is not reached at 4, at 7 it is."""
    station = Station(1, 0, protections=(CircuitBreaker(50, 2, 10.0, 5.0),))
    out = serve(station, [0, 1, 2, 4, 7], [3, 1, 1, 1, 1], engine=engine)
    assert out.served.tolist() == [True, False, False, False, True]


@FACES
def test_scale_out_comes_after_its_lag(engine: Any) -> None:
    """Two waiting at 0 call for two servers; they come at 3, not more than the maximum."""
    station = Station(1, protections=(ScaleOut(2, 2, 3.0, 1),))
    out = serve(station, [0, 0, 0, 0], [10, 10, 10, 10], engine=engine)
    assert out.start.tolist() == [0, 3, 10, 13]


@FACES
def test_a_waiting_room_lets_in_by_places_and_by_minute(engine: Any) -> None:
    """Two inside at most: the third waits for a place; one a minute: the second waits for the next minute."""
    out = serve(Station(9, protections=(WaitingRoom(2, 9),)), [0, 0, 0], [4, 6, 1], engine=engine)
    assert out.start.tolist() == [0, 0, 4]
    out = serve(Station(9, protections=(WaitingRoom(9, 1),)), [0.5, 0.5, 0.5], [9, 9, 9], engine=engine)
    assert out.start.tolist() == [0.5, 1, 2]
    out = serve(Station(9, protections=(WaitingRoom(1, 9, session_min=2.0),)), [0, 0], [4, 1], engine=engine)
    assert out.start.tolist() == [0, 6]


@pytest.mark.parametrize(
    ("make", "names"),
    [
        (lambda: Station(-1, -2, "random", "stop"), ["servers", "waiting_places", "discipline", "off_shift"]),  # type: ignore[arg-type]  # wrong on purpose
        (lambda: Station([(3, 1), (3, 2)]), ["from_times must rise"]),
        (lambda: Station([(0, 1.5)]), ["servers, count"]),  # type: ignore[list-item]  # wrong on purpose
        (lambda: Station(1, protections=(DropAbandoned(), DropAbandoned())), ["given twice"]),
        (lambda: RetryBudget(-1, 2), ["percent"]),
        (lambda: ConcurrencyLaw(float("nan"), 0), ["alpha"]),
        (lambda: serve(Station(1), [0, np.nan], [1, 1]), ["arrivals"]),
        (lambda: serve(Station(1), [0, 1], [1, -1]), ["services", "-1"]),
        (lambda: serve(Station(1), [0, 1], [1, NEVER]), ["services", "inf"]),
        (lambda: serve(Station(1), [0, 1], [1, 1, 1]), ["services", "(3,)", "(2,)"]),
        (lambda: serve(Station(1), [0, 1], [1, 1], retry_delay=[1, 1]), ["retry_delay", "tries"]),
        (lambda: serve(Station(1), [0], ["long"]), ["services", "numbers"]),
        (lambda: serve(Station(1, discipline="priority"), [0], [1]), ["priority", "None"]),
        (lambda: serve(Station(1), [0], [1], engine="fast"), ["engine", "fast"]),  # type: ignore[arg-type]  # wrong on purpose
    ],
)
def test_what_is_wrong_is_named(make: Any, names: list[str]) -> None:
    """A bad argument is refused with its name, what was found and what is allowed; all of them at once."""
    with pytest.raises(ValueError, match=r"allowed|rise|twice") as error:
        make()
    assert all(name in str(error.value) for name in names)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.sampled_from([None, 0, 3]), st.booleans())
def test_what_holds_for_any_station(seed: int, servers: int, places: int | None, tied: bool) -> None:
    """The served wait ≥ 0 and leave at their end, others have no times; at work are at most the servers."""
    rng = np.random.default_rng(seed)
    n = 50
    arrivals, services = rng.uniform(0, 30, n), rng.exponential(1.5, (n, 3))
    if tied:
        arrivals, services = np.floor(arrivals), np.floor(services)
    out = serve(
        Station(servers, places), arrivals, services, timeout=np.full(n, 6.0), retry_delay=np.ones((n, 2))
    )
    done = out.served
    assert np.isfinite(out.leave).all()
    assert (out.leave >= arrivals).all()
    assert ((out.attempts >= 1) & (out.attempts <= 3)).all()
    assert (out.wait[done] >= 0).all()
    assert np.array_equal(out.leave[done], out.end[done])
    assert np.isnan(np.stack((out.start, out.end, out.wait))[:, ~done]).all()
    middle = (out.start[done] + out.end[done]) / 2
    at_work = [((out.start < t) & (t < out.end)).sum() for t in middle]
    assert max(at_work, default=0) <= servers


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_one_more_server_makes_nobody_wait_longer(seed: int, servers: int) -> None:
    """First come first served without limits: another server delays no start."""
    rng = np.random.default_rng(seed)
    arrivals, services = rng.uniform(0, 30, 60), rng.exponential(1.5, 60)
    few = serve(Station(servers), arrivals, services)
    assert (serve(Station(servers + 1), arrivals, services).start <= few.start + 1e-9).all()


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1))
def test_work_is_conserved_whoever_is_picked(seed: int) -> None:
    """One server is done at the same moment under every discipline; equal services add up to one wait."""
    rng = np.random.default_rng(seed)
    arrivals, classes = rng.integers(0, 40, 60) * 0.5, rng.integers(0, 3, 60)
    fifo, lifo, ranked = (
        serve(Station(1, discipline=name), arrivals, np.ones(60), priority=classes)
        for name in ("fifo", "lifo", "priority")
    )
    assert fifo.end.max() == lifo.end.max() == ranked.end.max()
    assert fifo.wait.sum() == lifo.wait.sum() == ranked.wait.sum()
