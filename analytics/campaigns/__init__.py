"""Days of campaigns told from days of other communities, by the figures of their networks.

The way of the data: `members` says who is looked at together, `activity` how much they post, `daily_edges` fetches what
matches, `figures` describes it, `features` keeps it in a file. From there `panel` takes what `classifiers` are trained
on, as `protocol` and `tuning` say. `model` keeps one, with the probabilities of `calibration`; `explain` goes back from
what it says to the posts.

References
----------
S2, which detects the activity of disinformation campaigns with network analysis.
"""
