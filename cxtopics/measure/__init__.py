"""Counting contacts honestly: intervals, periods, rates, changes, deflection."""
