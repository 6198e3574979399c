"""Inter-state coordination: which accounts act on which others across states.

`options` says what is asked, `acts` and `fetch` read the graph, `interstate` and `case_study` put the tables together
and write them; all other modules compute from frames.

References
----------
Wang and others 2022 (S0), "Evidence of inter-state coordination amongst state-backed information operations".
"""
