"""Signing out, asked for by a person or by an application."""
