"""A blind test over a folder: which of these two is refined, or preferred? With protocol and result."""
