"""Counting contacts honestly: intervals, periods, rates, changes, deflection.

    deflection/   what a lever could spare and save, and the ranks that follow
    trends/       topics by day and week: what rose, what a change did, what is to come
    rates/        every rate of a report with its interval, and its caveats
    cohorts/      contacts about the orders of a period, whenever they came
    kpis/         key figures of service, customers and visits
    audits/       contacts that people checked
    store/        contacts and orders in DuckDB, counted in bounded memory
    prevalence/   how many contacts a topic has, from a model that errs
    calendar/     periods and holidays

Imports point down in this list, and `trends`, `rates`, `cohorts` and `kpis` never import one
another. The modules beside the rooms serve all of them: `estimate.py` is the number that says
how sure it is, `intervals.py` and `combining.py` make it.
"""
