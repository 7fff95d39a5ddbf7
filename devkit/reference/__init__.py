"""The pages of docs/reference, generated from the code: metrics, settings, exit codes, alerts, recording rules, values.

Unlike the rest of the toolkit, these modules import the packages that they document. Nothing reads the pages back:
a program that needs a metric or a rule imports the same source.
"""
