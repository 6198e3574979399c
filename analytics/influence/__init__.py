"""The influence model: which accounts act one step before which others, judged from timing alone.

`options` says what is asked, `observations` fetches which account is active when, `distance` and the tests in
`significance` and `crowd_test` compute the edges, and `influence` writes them as a run. `model` is the general model,
for sequences of any kind.

References
----------
S1, which finds coordination by the influence model; and for the model itself Asavathiratham 2001, "The influence model:
a tractable representation for the dynamics of networked Markov chains", and Basu, Choudhury, Clarkson and Pentland
2001, "Learning human interactions with the influence model".
"""
