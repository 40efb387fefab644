"""Servers that tests start on a free port or socket in a temporary folder, and stop by process id."""
