"""Files repaired to files: what a received file tells, names, metadata, formats, one file and many."""
