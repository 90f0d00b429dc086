"""The cloud services: a file for each, their table in `registry`, what all share in `base`.

Empty, as most commands need nothing here but `resolve`.
"""
