"""Workbooks: the report, the lists, the problems to send back."""
