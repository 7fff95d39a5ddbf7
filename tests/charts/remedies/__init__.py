"""The remedies of the guards, as changes of values.

A guard's message is `KEY: PROBLEM. REMEDY.`, and the remedy has one or more clauses: "Set A to 1, or remove B." Each
clause is an alternative. `rules` finds the changes of values that a clause asks for by reading it, so that text and
test cannot differ; a chart's `remedies.py` has those that take knowledge about the chart.
"""
