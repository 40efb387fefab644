"""What the province itself knows of a person, as applications are told of it: scopes citizen, pid, guardian
and staff."""
