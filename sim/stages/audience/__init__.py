"""The audience of a live show: who is reached, who comes, how long they stay, what they ask, when they buy.

Three days of seeding reach members through their leaders, KOC bring strangers, everybody may bring a friend.
Each viewer arrives, watches, perhaps asks the question team, and decides once, by a linear score against a
drawn threshold. `spec` and `trust_spec` name the parameters, `draws` all chance, `rules` and `trust_rules`
the arithmetic of both faces.
"""
