"""The OpenID Connect protocol: decides, and knows no citizen, no template and no database."""
