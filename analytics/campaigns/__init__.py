"""Distinguish days of campaigns from days of other populations by the features of their networks.

`options` says what is asked. `members` fetches the accounts of each population, `activity` counts their posts,
`daily_edges` fetches their networks, `network_features` measures them, and `features` saves all in a file. `panel`
arranges features for `classifiers`, which `protocol` and `tuning` evaluate. `model` trains and saves one, with the
probabilities of `calibration`; `explain` traces a prediction back to the posts.

References
----------
S2, which detects the activity of disinformation campaigns with network analysis.
"""
