"""Employers: organisations, who represents them, and what they confirm of their workers."""
