"""Topics day by day and week by week: what rose, what a change did, what is to come."""
