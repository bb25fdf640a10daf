"""What one caller may ask for: the cost of an operation, what of it a minute allows, how long an answer may take.

costs       an operation's cost as a function of its variables, made once for each document
weights     what fields cost beside their number, and how long lists are taken to be
budgets     points that callers have left
admission   all of it together, before an operation is executed
deadlines   the end of what takes too long all the same
tags        ETags, which are made without making the answer
"""
