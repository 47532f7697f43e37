"""Collection: members come, wait for the van or come back; what finds no room in the cold store warms up."""
