"""Every rate of a report, period by period and over all, and what a reader must know first."""
