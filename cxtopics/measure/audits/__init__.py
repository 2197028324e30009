"""Contacts that people checked: what was drawn, what they answered, what may use it."""
