"""Contacts and orders side by side in DuckDB, so that counting takes bounded memory."""
