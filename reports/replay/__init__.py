"""One night as a moving picture: queues as they grow and clear, vans on the map."""

from reports.replay.page import page as page
