"""Migrations, numbered; each is small, and goes forward only."""
