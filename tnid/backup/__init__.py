"""Backups: a consistent copy of the database, taken while it serves, encrypted under the master key."""
