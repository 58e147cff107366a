"""Planted faults: every check of the project is seen to fail for the fault it is there for (`make red`)."""
