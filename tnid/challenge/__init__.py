"""What strangers' browsers do first while somebody goes through passwords: a puzzle, or a wait."""
