"""What a run hands over: the page, the tables, the data frames and the words for a terminal.

Every string that a user, a model or a data set brought is data here: escaped for the place it goes to, never
markup, formula or control sequence.
"""
