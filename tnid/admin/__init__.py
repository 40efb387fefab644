"""Operators: who runs the service for the province, and what they may see and do."""
