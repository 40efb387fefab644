"""RFC 6749 §3.2: what a grant is exchanged for."""
