"""The figures behind the README: one file a question, each with its competitor inside.

A shared machine drifts by a third within minutes, so sides run interleaved (A B A B …), each at least five
times, and what is quoted is the median of the ratios within the rounds, with the lowest and the highest.
Where queueing theory knows the answer it is printed beside what each side found. Nothing here is asserted:
`lianlu bench` measures and prints; `lianlu bench --gate` turns missed goals into exit code 1.
"""

NAMES = (
    "station_retry",
    "mmn",
    "chain",
    "scaling",
    "workers",
    "experiment_layer",
    "routing",
    "large_roads",
    "startup",
    "interrupts",
    "browser",
)
"""In the order of `lianlu bench`; each is a module with `measure(quick) -> Finding`."""
