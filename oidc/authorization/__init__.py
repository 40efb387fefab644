"""RFC 6749 §3.1 and OpenID Connect Core §3.1.2: from a request to an answer or a screen."""
