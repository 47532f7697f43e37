"""Headquarters merges the leaders' sheets: a few clerks, first come, first served."""
