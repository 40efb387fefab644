"""RFC 6750: what an access token opens."""
