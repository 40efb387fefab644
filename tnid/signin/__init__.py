"""Signing in: password, second factor, session; every screen ends at /resume."""
