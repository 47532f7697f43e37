"""Collection: members come, wait for the van or come back, and what does not fit into the cold store warms up."""
