"""What one patch, one block and the DCT assume, measured: symbols, codes, context, limits."""
