"""Sorting: at night people at put walls turn the list of paid orders into crates, before the vans must load.

Two ways of working (`policy`): `by_order`, one job an order, ready to hand over; `by_community_sku`, one job
a crate of one SKU for one pickup point, faster at the centre, while the leader splits it by order in the
morning. An order is released when the centre may begin it (as paid, at the cut-off, with its leader's sheet,
with the full list); released jobs wait in one queue by (release, order id) and go to the idle person with the
lowest index, while a station is free. People finish what they started, then take their break or go home.

`spec` holds parameters, draws and columns; `story` tells it with SimPy; `kernel` does the same over whole
columns.
"""
