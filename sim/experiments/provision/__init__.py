"""`provision`: the cheapest whole resources that hold every service level at an audience.

Stages are nearly separable: what is bought for the evening decides how much the night sorts, the night what
the vans carry. So each stage finds its least resources for its own levels, in that order, and the whole plan
is then judged together on nights that no search has seen, grown and pruned.

    plan, options, bill    what can be had, and what it costs
    trials, step           nights as an oracle, bisection over whole numbers
    evening … afterwards   the stages
    verify                 the judge
    protections            what today's capacity can do instead
    answer                 the document of the command
"""

from __future__ import annotations

from sim.experiments.provision.answer import at_audience, provision

__all__ = ["at_audience", "provision"]
