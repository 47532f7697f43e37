"""Philox4x32-10 and the inversions, compiled."""

from __future__ import annotations

import math

import numpy as np

from sim.compiling import compiled, kernel

M0 = np.uint64(0xD2511F53)
M1 = np.uint64(0xCD9E8D57)
W0 = np.uint64(0x9E3779B9)
W1 = np.uint64(0xBB67AE85)
LOW = np.uint64(0xFFFFFFFF)
S32 = np.uint64(32)
S5 = np.uint64(5)
S6 = np.uint64(6)


@compiled
def philox(c0, c1, c2, c3, k0, k1):
    """One block: four 32-bit words (as uint64) from a 4-word counter and a 2-word key."""
    for _ in range(10):
        p0 = M0 * c0
        p1 = M1 * c2
        c0, c1, c2, c3 = (p1 >> S32) ^ c1 ^ k0, p1 & LOW, (p0 >> S32) ^ c3 ^ k1, p0 & LOW
        k0 = (k0 + W0) & LOW
        k1 = (k1 + W1) & LOW
    return c0, c1, c2, c3


@compiled
def unit_interval(high, low):
    """53 bits as a float strictly between 0 and 1."""
    return (np.float64(high >> S5) * 67108864.0 + np.float64(low >> S6) + 0.5) * (1.0 / 9007199254740992.0)


@compiled
def central_quantile(q):
    """Wichura's AS 241 where |q| = |p − ½| ≤ 0.425: no branch, so a loop of it becomes vector code."""
    r = 0.180625 - q * q
    num = (
        (
            (
                (
                    ((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r + 6.7265770927008700853e4)
                    * r
                    + 4.5921953931549871457e4
                )
                * r
                + 1.3731693765509461125e4
            )
            * r
            + 1.9715909503065514427e3
        )
        * r
        + 1.3314166789178437745e2
    ) * r + 3.3871328727963666080e0
    den = (
        (
            (
                (
                    ((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r + 3.9307895800092710610e4)
                    * r
                    + 2.1213794301586595867e4
                )
                * r
                + 5.3941960214247511077e3
            )
            * r
            + 6.8718700749205790830e2
        )
        * r
        + 4.2313330701600911252e1
    ) * r + 1.0
    return q * num / den


@compiled
def normal_quantile(p):
    """Wichura's AS 241 (PPND16): inverse of the normal distribution function, relative error below 1e-15."""
    q = p - 0.5
    if abs(q) <= 0.425:
        return central_quantile(q)
    r = p if q < 0.0 else 1.0 - p
    r = math.sqrt(-math.log(r))
    if r <= 5.0:
        r -= 1.6
        num = (
            (
                (
                    (
                        (
                            (7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r
                            + 2.41780725177450611770e-1
                        )
                        * r
                        + 1.27045825245236838258e0
                    )
                    * r
                    + 3.64784832476320460504e0
                )
                * r
                + 5.76949722146069140550e0
            )
            * r
            + 4.63033784615654529590e0
        ) * r + 1.42343711074968357734e0
        den = (
            (
                (
                    (
                        (
                            (1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r
                            + 1.51986665636164571966e-2
                        )
                        * r
                        + 1.48103976427480074590e-1
                    )
                    * r
                    + 6.89767334985100004550e-1
                )
                * r
                + 1.67638483018380384940e0
            )
            * r
            + 2.05319162663775882187e0
        ) * r + 1.0
    else:
        r -= 5.0
        num = (
            (
                (
                    (
                        (
                            (2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r
                            + 1.24266094738807843860e-3
                        )
                        * r
                        + 2.65321895265761230930e-2
                    )
                    * r
                    + 2.96560571828504891230e-1
                )
                * r
                + 1.78482653991729133580e0
            )
            * r
            + 5.46378491116411436990e0
        ) * r + 6.65790464350110377720e0
        den = (
            (
                (
                    (
                        (
                            (2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r
                            + 1.84631831751005468180e-5
                        )
                        * r
                        + 7.86869131145613259100e-4
                    )
                    * r
                    + 1.48753612908506148525e-2
                )
                * r
                + 1.36929880922735805310e-1
            )
            * r
            + 5.99832206555887937690e-1
        ) * r + 1.0
    return -num / den if q < 0.0 else num / den


@compiled
def from_uniform(u, code, a, b):
    """Inversion: 0 constant · 1 uniform · 2 exponential · 3 log-normal · 4 normal · 5 logistic."""
    if code == 0:
        return a
    if code == 1:
        return a + (b - a) * u
    if code == 2:
        return -a * math.log(u)
    if code == 3:
        return math.exp(a + b * normal_quantile(u))
    if code == 4:
        return a + b * normal_quantile(u)
    return math.log(u / (1.0 - u))


BLOCK = np.int64(512)
"""Entities drawn together: they stay in the nearest cache, and loops over them become vector code."""
W0_32, W1_32 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
S5_32, S6_32 = np.uint32(5), np.uint32(6)


@compiled
def words(w, k0, k1, purpose, entity, start, count, block):
    """Write the four words of each entity's block, as `philox`, into w (4, ≥ count) uint32: vector code."""
    for i in range(count):
        e = np.uint64(entity[start + i])
        c0, c1, c2, c3 = np.uint32(e & LOW), np.uint32(e >> S32), np.uint32(block), np.uint32(purpose)
        x0, x1 = np.uint32(k0), np.uint32(k1)
        for _ in range(10):
            p0 = M0 * np.uint64(c0)
            p1 = M1 * np.uint64(c2)
            c0 = np.uint32(p1 >> S32) ^ c1 ^ x0
            c1 = np.uint32(p1 & LOW)
            c2 = np.uint32(p0 >> S32) ^ c3 ^ x1
            c3 = np.uint32(p0 & LOW)
            x0 = np.uint32(x0 + W0_32)
            x1 = np.uint32(x1 + W1_32)
        w[0, i] = c0
        w[1, i] = c1
        w[2, i] = c2
        w[3, i] = c3


@compiled
def intervals_of(u, high, low, count):
    """53 bits of each pair of words, as `unit_interval`."""
    for i in range(count):
        u[i] = (
            np.float64(np.int32(high[i] >> S5_32)) * 67108864.0 + np.float64(np.int32(low[i] >> S6_32)) + 0.5
        ) * (1.0 / 9007199254740992.0)


@compiled
def quantiles(z, u, count):
    """Normal quantiles: the central part for all, then the tails one by one."""
    for i in range(count):
        z[i] = central_quantile(u[i] - 0.5)
    for i in range(count):
        if abs(u[i] - 0.5) > 0.425:
            z[i] = normal_quantile(u[i])


@compiled
def invert(out, u, z, code, a, b):
    """Invert uniforms into `out`, one loop a law; as `from_uniform` for each. `z` is room to work in."""
    count = out.shape[0]
    if code == 0:
        for i in range(count):
            out[i] = a
    elif code == 1:
        for i in range(count):
            out[i] = a + (b - a) * u[i]
    elif code == 2:
        for i in range(count):
            out[i] = -a * math.log(u[i])
    elif code == 3:
        quantiles(z, u, count)
        for i in range(count):
            out[i] = math.exp(a + b * z[i])
    elif code == 4:
        quantiles(z, u, count)
        for i in range(count):
            out[i] = a + b * z[i]
    else:
        for i in range(count):
            out[i] = math.log(u[i] / (1.0 - u[i]))


@kernel
def fill(out, seed, replication, purpose, entity, code, a, b):
    """Fill out[i, attempt] for every entity; two attempts share one block."""
    n, width = out.shape
    w, u, z = np.empty((4, BLOCK), np.uint32), np.empty(BLOCK), np.empty(BLOCK)
    for start in range(0, n, BLOCK):
        count = min(BLOCK, n - start)
        for column in range(0, width, 2):
            words(w, seed, replication, purpose, entity, start, count, column // 2)
            intervals_of(u, w[0], w[1], count)
            invert(out[start : start + count, column], u, z, code, a, b)
            if column + 1 < width:
                intervals_of(u, w[2], w[3], count)
                invert(out[start : start + count, column + 1], u, z, code, a, b)


@kernel
def fill_poisson(out, seed, replication, purpose, entity, mean):
    """Poisson by inversion of one uniform."""
    zero = np.uint64(0)
    start = math.exp(-mean)
    for i in range(out.shape[0]):
        low = np.uint64(entity[i]) & LOW
        high = np.uint64(entity[i]) >> S32
        w0, w1, _, _ = philox(low, high, zero, purpose, seed, replication)
        u = unit_interval(w0, w1)
        count = 0
        mass = start
        total = mass
        while u > total and count < 100000:
            count += 1
            mass *= mean / count
            total += mass
        out[i] = count
