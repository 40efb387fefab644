"""Employment: what employers attest, and what of it its worker lets be known. docs/employment.md says how."""
