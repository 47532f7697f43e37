"""Sensitivity: which assumptions drive an answer, and whose word it rests on.

inputs.py             which figures are uncertain, and how far each may be off
points.py             the model at other values of them
screening.py          which move a figure at all (Morris)
sobol.py              shares of variance (Saltelli's design), luck apart
study.py              one after the other
ledger.py             shares by grade of evidence
input_uncertainty.py  a KPI's interval where the inputs are unsure
document.py           the answer of `lianlu sensitivity`
"""

from sim.experiments.sensitivity.document import sensitivity as sensitivity
from sim.experiments.sensitivity.study import Effort as Effort
