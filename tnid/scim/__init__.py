"""SCIM 2.0 (RFC 7643, RFC 7644): an employer's personnel system tells who works there, and who left."""
