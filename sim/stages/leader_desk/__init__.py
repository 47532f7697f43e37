"""The leader's desk: one person, one desk, everything a community asks of its leader.

Registering replies, chasing payers, tallying, receiving the van, splitting, handing over, complaints and
other brands' orders compete for the same two hands, during the leader's hours. Which job comes first, what
interrupts what and what happens when the desk closes is data (`spec.py`; work by hand in `paper.py`);
`jobs.py` turns columns of orders into jobs; `story.py` and `kernel.py` work them off; `merge.py` is what
headquarters does with the sheets; `leaders.py` holds what concerns the person rather than the desk.
"""
