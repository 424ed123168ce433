"""Learners: algorithms that yield the gradients of a recurrent decoder. One file each, named in
`engine.registry`; `base` holds their interface, `stream` what they learn from, `observe` their comparison.
"""
