"""Terms of the field, each with its formula and source: a list in Help, and a word on hover."""
