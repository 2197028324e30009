"""Contacts about the orders of a period, whenever they came."""
