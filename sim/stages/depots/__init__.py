"""Grid depots (网格仓): trucks by night, a second sort in the district, vans from there to points."""
