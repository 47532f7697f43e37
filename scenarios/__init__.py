"""The shipped scenarios: `base.yaml` holds every default, the others extend it."""
