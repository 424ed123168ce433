"""The `nrc` commands, one module each: `add` describes the arguments, `run` does the work.

Modules import what they need inside `run`, so that `--help` answers at once.
"""
