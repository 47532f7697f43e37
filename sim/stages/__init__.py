"""The stages of the chain: a folder each, with spec, rules, story and kernel."""
