"""Months, weeks and quarters of the shop's own calendar, and the days that are not like others."""
