"""Sensitivity: which assumptions drive an answer, and whose word it rests on.

`inputs` says which figures are uncertain and how far each may be off, `points` what the model answers at
other values of them; `screening` finds those that move a figure at all, `sobol` shares out its variance,
`study` does one after the other, `ledger` adds the shares by grade of evidence; `document` is what `lianlu
sensitivity` answers. `input_uncertainty` widens the intervals of `run` by what the inputs may do.
"""

from sim.experiments.sensitivity.document import sensitivity as sensitivity
from sim.experiments.sensitivity.input_uncertainty import input_uncertainty as input_uncertainty
from sim.experiments.sensitivity.study import Effort as Effort
