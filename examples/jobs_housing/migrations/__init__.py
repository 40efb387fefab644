"""One step a module: `upgrade(op, now)`, on SQLite and PostgreSQL, from a database with data in it."""
