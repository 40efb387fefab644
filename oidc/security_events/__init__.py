"""What applications are told of a person's data, and what they answer: RFC 8417, RFC 8935."""
