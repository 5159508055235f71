"""Pages for people who work in the house. So far one: the plain list of tickets that the demo shows."""
