"""A request that waits for the person elsewhere: what RFC 8628 and CIBA share, and what each adds."""
