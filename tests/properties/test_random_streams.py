"""Chance: the published generator, the published inversions, and draws that depend on their key alone."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.compiling import kernel
from sim.laws import constant, exponential, lognormal, lognormal_mean, uniform
from sim.random_kernel import LOW, S32, fill, from_uniform, normal_quantile, philox, unit_interval
from sim.random_streams import Streams


@kernel
def one_block(out, words):
    """Philox of one counter and key."""
    out[0], out[1], out[2], out[3] = philox(words[0], words[1], words[2], words[3], words[4], words[5])


@kernel
def one_by_one(out, seed, replication, purpose, entity, code, a, b):
    """What `fill` does in blocks, number by number."""
    for i in range(out.shape[0]):
        low, high = np.uint64(entity[i]) & LOW, np.uint64(entity[i]) >> S32
        for attempt in range(out.shape[1]):
            w0, w1, w2, w3 = philox(low, high, np.uint64(attempt // 2), purpose, seed, replication)
            u = unit_interval(w0, w1) if attempt % 2 == 0 else unit_interval(w2, w3)
            out[i, attempt] = from_uniform(u, code, a, b)


@kernel
def quantiles(out, p):
    """Normal quantiles of many probabilities."""
    for i in range(p.shape[0]):
        out[i] = normal_quantile(p[i])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([0, 0, 0, 0, 0, 0], [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
        ([0xFFFFFFFF] * 6, [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD]),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0],
            [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
        ),
    ],
)
def test_philox_gives_the_published_answers(words: list[int], expected: list[int]) -> None:
    """The generator reproduces the known-answer vectors of its authors' library."""
    out = np.zeros(4, np.uint64)
    one_block(out, np.array(words, np.uint64))
    assert out.tolist() == expected


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 1500])
@pytest.mark.parametrize("code", range(6))
def test_blocks_change_no_number(size: int, code: int) -> None:
    """Drawing in blocks of vector code equals drawing one by one, to the bit, for every law."""
    entity = np.arange(size, dtype=np.int64) * 48_271 + (size << 40)
    for width in (1, 2, 3):
        blocks, single = np.empty((size, width)), np.empty((size, width))
        key = np.uint64(7), np.uint64(3), np.uint64(4_000_000_000), entity, code, 0.7, 1.3
        fill(blocks, *key)
        one_by_one(single, *key)
        assert np.array_equal(blocks, single)


def test_normal_quantile_is_accurate() -> None:
    """The inversion agrees with SciPy's inverse normal to 1e-14 over 600 orders of magnitude."""
    from scipy.special import ndtri

    p = np.concatenate(
        (10.0 ** -np.linspace(0.31, 300.0, 4000), 1.0 - 10.0 ** -np.linspace(0.31, 15.0, 2000))
    )
    out = np.empty(p.size)
    quantiles(out, p)
    assert np.allclose(out, ndtri(p), rtol=1e-14, atol=0.0)


def moments(values: NDArray[np.float64], mean: float, variance: float) -> None:
    """Sample mean within 4 standard errors of the law's."""
    assert abs(values.mean() - mean) <= 4.0 * np.sqrt(variance / values.size)


def test_laws_have_their_means() -> None:
    """Every law's sample mean lies within 4 standard errors of its own."""
    streams, keys = Streams(11, 0), np.arange(200_000, dtype=np.int64)
    moments(streams.draw("t.exp", keys, exponential(3.0)), 3.0, 9.0)
    moments(streams.draw("t.uni", keys, uniform(2.0, 5.0)), 3.5, 0.75)
    grown = np.exp(0.36) - 1.0
    moments(streams.draw("t.mean", keys, lognormal_mean(171.0, 0.6)), 171.0, 171.0**2 * grown)
    moments(
        streams.draw("t.median", keys, lognormal(8.0, 0.6)), 8.0 * np.exp(0.18), 64.0 * np.exp(0.36) * grown
    )
    assert (streams.draw("t.const", keys[:9], constant(4.0), scale=0.5) == 2.0).all()
    counts = streams.poisson("t.poisson", keys, 2.5).astype(np.float64)
    moments(counts, 2.5, 2.5)


def test_a_draw_depends_on_its_key_alone() -> None:
    """Other entities, their order and attempts change nobody's number; purposes and replications do."""
    keys = np.array([5, 9, 1 << 41, 77], np.int64)
    drawn = Streams(1, 2).uniform("t.a", keys, attempts=2)
    assert np.array_equal(Streams(1, 2).uniform("t.a", keys[::-1], attempts=4)[::-1, :2], drawn)
    for other in (
        Streams(2, 2).uniform("t.a", keys),
        Streams(1, 3).uniform("t.a", keys),
        Streams(1, 2).uniform("t.b", keys),
    ):
        assert not np.isin(other, drawn).any()
