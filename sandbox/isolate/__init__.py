"""Isolation: what a candidate's process may see, reach and use up."""
